using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Client certificates (RFC 8705): what a connection shows, and whether it is the client's.</summary>
internal sealed class Certificates
{
    private const int SmallestRsaBits = 2048;
    private static readonly ConditionalWeakTable<X509Certificate2, string> thumbprints = [];
    private readonly X509Certificate2Collection authorities = [];

    /// <exception cref="ValidationException">The file of authorities cannot be read.</exception>
    public Certificates(IdentitySettings settings)
    {
        if (settings.CertificateAuthorities is not { } file) return;
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ValidationException($"Identity:CertificateAuthorities = '{file}': {e.Message} / 无法读取客户端证书颁发机构文件。", e);
        }
    }

    public bool HasAuthorities => authorities.Count > 0;

    /// <summary>SHA-256 (base64url) of the certificate that the connection, or the front before it, showed; null: none.</summary>
    public static string? Shown(HttpContext http) => http.Connection.ClientCertificate is { } certificate ? Thumbprint(certificate) : null;

    // A connection keeps its certificate, and so its thumbprint, for all its calls.
    public static string Thumbprint(X509Certificate2 certificate) => thumbprints.GetValue(certificate, c => Base64Url.EncodeToString(SHA256.HashData(c.RawData)));

    /// <summary>Whether the certificate is one of these and within its time.</summary>
    public bool IsOneOf(IReadOnlyList<ClientCertificate> known, X509Certificate2 certificate, DateTimeOffset at)
    {
        if (known.Count == 0 || at < certificate.NotBefore || at >= certificate.NotAfter) return false;
        var thumbprint = Thumbprint(certificate);
        if (known.Any(k => k.Kind == CertificateKind.Registered && k.Value == thumbprint)) return true;
        return known.Any(k => k.Kind == CertificateKind.Subject && k.Value == certificate.SubjectName.Name) && IsIssued(certificate, at);
    }

    private bool IsIssued(X509Certificate2 certificate, DateTimeOffset at)
    {
        if (!HasAuthorities) return false;
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        (policy.TrustMode, policy.RevocationMode, policy.VerificationTime, policy.DisableCertificateDownloads) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck, at.LocalDateTime, true);
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(authorities);
        // Of those that limit their use, only the ones made for clients.
        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } uses && uses.EnhancedKeyUsages.Cast<Oid>().All(o => o.Value != "1.3.6.1.5.5.7.3.2")) return false;
        return chain.Build(certificate);
    }

    /// <summary>What is registered for a client; nothing private may be in it.</summary>
    public Outcome<(CertificateKind Kind, string Value, string Name, DateTimeOffset? NotAfter)> Read(NewCertificate given, DateTimeOffset at)
    {
        if (string.IsNullOrWhiteSpace(given.Pem) == string.IsNullOrWhiteSpace(given.Subject)) return Wrong("certificate", "agencies.certificate-one");
        return given.Pem is { Length: > 0 } pem ? OfPem(pem, at) : OfSubject(given.Subject!.Trim());
    }

    private static Outcome<(CertificateKind, string, string, DateTimeOffset?)> OfPem(string pem, DateTimeOffset at)
    {
        if (pem.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase)) return Wrong("certificate", "agencies.certificate-private");
        if (pem.Length > 32_000) return Wrong("certificate", "agencies.certificate-form");
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            if (certificate.NotAfter <= at) return Wrong("certificate", "agencies.certificate-ended", certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            using var rsa = certificate.GetRSAPublicKey();
            if (rsa is { KeySize: < SmallestRsaBits }) return Wrong("certificate", "agencies.key-size", rsa.KeySize);
            return (CertificateKind.Registered, Thumbprint(certificate), Shortened(certificate.SubjectName.Name), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        }
        catch (CryptographicException)
        {
            return Wrong("certificate", "agencies.certificate-form");
        }
    }

    private Outcome<(CertificateKind, string, string, DateTimeOffset?)> OfSubject(string subject)
    {
        if (!HasAuthorities) return Wrong("subject", "agencies.certificate-no-authority");
        try
        {
            // Read back from its bytes, as certificates are: the same subject is then written the same.
            var name = new X500DistinguishedName(new X500DistinguishedName(subject).RawData).Name;
            return name.Contains("CN=", StringComparison.Ordinal) && name.Length <= 500 ? (CertificateKind.Subject, name, name, null) : Wrong("subject", "agencies.certificate-subject");
        }
        catch (CryptographicException)
        {
            return Wrong("subject", "agencies.certificate-subject");
        }
    }

    private static string Shortened(string name) => name.Length <= 500 ? name : name[..500];

    private static Refusal Wrong(string field, string key, params object?[] args) => Refusal.Invalid(new FieldError(field, key, args));
}
