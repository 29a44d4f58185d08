using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Wiring;

/// <summary>TLS of the node's own listeners: its certificate, and where clients are asked for theirs.</summary>
internal static class ServerCertificate
{
    public const string CertificateFile = "tls.crt";
    private const string KeyFile = "tls.key";
    private static readonly TimeSpan Life = TimeSpan.FromDays(825);

    /// <exception cref="ValidationException">The certificate or its key cannot be read.</exception>
    public static void Use(KestrelServerOptions kestrel, Listeners listeners, NodeSettings settings)
    {
        if (listeners.Certificate is null && listeners.Mutual is null) return;
        var certificate = listeners.Certificate is { } file ? Read(file, listeners.CertificateKey) : Own(settings);
        kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.NoCertificate;
            https.OnAuthenticate = (connection, tls) =>
            {
                if (connection.LocalEndPoint is not IPEndPoint { Port: var port } || !listeners.IsMutual(port)) return;
                tls.ClientCertificateRequired = true;
                tls.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
                // Whose certificate it is decides the register of clients, at every call: many are signed by their owners alone.
                tls.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null || !listeners.MutualRequired;
            };
        });
    }

    private static X509Certificate2 Read(string file, string? keyFile)
    {
        try
        {
            return Usable(X509Certificate2.CreateFromPemFile(file, keyFile));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ValidationException($"Listeners:Certificate = '{file}', Listeners:CertificateKey = '{keyFile}': {e.Message} / 无法读取证书或私钥。", e);
        }
    }

    // For a first try and for nodes whose front ends TLS: whoever calls must be given the file, since no authority vouches for it.
    private static X509Certificate2 Own(NodeSettings settings)
    {
        var home = new Home(settings.Data);
        var (file, keyFile) = (Path.Combine(home.Keys, CertificateFile), Path.Combine(home.Keys, KeyFile));
        if (!File.Exists(file)) Make(settings, file, keyFile);
        return Read(file, keyFile);
    }

    private static void Make(NodeSettings settings, string file, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        if (settings.PublicUrl is { } url && Uri.TryCreate(url, UriKind.Absolute, out var address) && address.HostNameType == UriHostNameType.Dns) names.AddDnsName(address.Host);
        var request = new CertificateRequest("CN=tongxiang", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddHours(-1), now + Life);
        Write(keyFile, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Write(file, made.ExportCertificatePem(), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        using (var writer = new StreamWriter(path + ".new", options)) writer.Write(text);
        File.Move(path + ".new", path, overwrite: true);
    }

    // SChannel takes no key that lives in memory only.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        if (!OperatingSystem.IsWindows()) return certificate;
        using (certificate) return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
