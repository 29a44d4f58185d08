using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A front that ends TLS or TLCP before this node (RFC 9440): it alone may say from where and with which certificate somebody calls, and signs the certificate.</summary>
internal sealed class Front
{
    public const string CertificateHeader = "Client-Cert";
    public const string SignatureHeader = "Client-Cert-Signature";
    private const string ChainHeader = "Client-Cert-Chain";
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const int LongestCertificate = 12 << 10;
    private const int SecondsOff = 60;
    private readonly IPNetwork[] networks;
    private readonly byte[]? secret;
    private readonly TimeProvider clock;

    /// <exception cref="ValidationException">One of the addresses is none.</exception>
    public Front(IdentitySettings settings, TimeProvider clock)
    {
        this.clock = clock;
        networks = [.. settings.Fronts.Select(NetworkOf)];
        secret = settings.FrontSecret is { } text ? Encoding.UTF8.GetBytes(text) : null;
    }

    /// <summary>Takes what a front says of its caller, refuses what anybody else says, and goes on with the caller's own address and certificate.</summary>
    public Task Pass(HttpContext http, RequestDelegate next)
    {
        var headers = http.Request.Headers;
        var tells = headers.ContainsKey(CertificateHeader) || headers.ContainsKey(SignatureHeader) || headers.ContainsKey(ChainHeader);
        var isFront = networks.Length > 0 && IsFront(http.Connection.RemoteIpAddress);
        if (!isFront && !tells) return next(http);
        X509Certificate2? told = null;
        if (tells && (!isFront || (told = Told(http.Request)) is null)) return new Refusal(400, "agencies.front-unknown").ToProblem().ExecuteAsync(http);
        // Through a front a caller has the certificate the front tells, never the front's own.
        http.Connection.ClientCertificate = told;
        foreach (var header in (string[])[CertificateHeader, SignatureHeader, ChainHeader]) headers.Remove(header);
        http.Connection.RemoteIpAddress = Caller(http.Connection.RemoteIpAddress!, headers[ForwardedFor]);
        if (headers[ForwardedProto].ToString() is "https" or "http") http.Request.Scheme = headers[ForwardedProto].ToString();
        return next(http);
    }

    /// <summary>What a front signs: the second, the method, the target and the header with the certificate, a line each.</summary>
    internal static string Sign(byte[] secret, long seconds, string method, string target, string certificate) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seconds}\n{method}\n{target}\n{certificate}"))));

    private X509Certificate2? Told(HttpRequest request)
    {
        var (sent, signed) = (request.Headers[CertificateHeader], request.Headers[SignatureHeader]);
        if (secret is null || sent.Count != 1 || signed.Count != 1 || request.Headers.ContainsKey(ChainHeader)) return null;
        if (sent[0] is not { Length: > 2 and <= LongestCertificate } text || text[0] != ':' || text[^1] != ':') return null;
        if (signed[0]!.Split(',') is not [['t', '=', .. var time], ['s', '=', .. var signature]] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return null;
        if (Math.Abs(clock.GetUtcNow().ToUnixTimeSeconds() - seconds) > SecondsOff) return null;
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(secret, seconds, request.Method, target, text)), Encoding.UTF8.GetBytes(signature))) return null;
        try
        {
            return X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text[1..^1]));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    // From the right: what our own fronts added is true; the first address that is none of theirs is the caller's, whatever stands left of it.
    private IPAddress Caller(IPAddress last, Microsoft.Extensions.Primitives.StringValues header)
    {
        var told = header.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = told.Length - 1; i >= 0 && IsFront(last); i--)
        {
            if (!IPEndPoint.TryParse(told[i], out var before)) break;
            last = before.Address;
        }
        return last;
    }

    private bool IsFront(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        return address is not null && networks.Any(n => n.Contains(address));
    }

    private static IPNetwork NetworkOf(string text)
    {
        if (IPNetwork.TryParse(text, out var network)) return network;
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new ValidationException($"Identity:Fronts: '{text}' is neither an address nor a network such as 10.0.0.0/24. / 应为地址或网段。");
    }
}
