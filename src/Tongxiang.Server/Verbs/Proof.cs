using System.Buffers.Text;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Server.Verbs;

/// <summary>Prints a proof of possession (DPoP, RFC 9449) for one call with a token that is bound to a key.</summary>
internal static class Proof
{
    public static Command Verb()
    {
        var key = new Option<string>("--key") { Description = "File of the key the token is bound to / 令牌所绑定的密钥文件", Required = true };
        var url = new Option<string>("--url") { Description = "The address that is called / 要调用的地址", Required = true };
        var method = new Option<string>("--method") { Description = "GET, HEAD or POST / 请求方法", DefaultValueFactory = _ => "GET" };
        var token = new Option<string?>("--token") { Description = "The token that is shown with it / 一同出示的令牌" };
        var nonce = new Option<string?>("--nonce") { Description = "What the node gave in DPoP-Nonce / 节点给出的 DPoP-Nonce" };
        var command = new Command("proof", "Print a proof (DPoP) for one call / 为一次调用生成持钥证明") { key, url, method, token, nonce };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                using var signer = KeyOf(parsed.GetValue(key)!);
                Console.WriteLine(Make(signer, parsed.GetValue(method)!, parsed.GetValue(url)!, parsed.GetValue(token), parsed.GetValue(nonce), TimeProvider.System));
                return 0;
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException or IOException or UnauthorizedAccessException)
            {
                return await Token.Complain(e.Message);
            }
        });
        return command;
    }

    /// <summary>Good for this method and address, about now, and once.</summary>
    internal static string Make(Signer signer, string method, string url, string? token, string? nonce, TimeProvider clock)
    {
        var end = url.IndexOfAny(['?', '#']);
        var claims = new Dictionary<string, object>
        {
            ["jti"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            ["htm"] = method,
            ["htu"] = end < 0 ? url : url[..end],
            ["iat"] = clock.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (token is not null) claims["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(token)));
        if (nonce is not null) claims["nonce"] = nonce;
        return signer.Jwt(new Dictionary<string, object> { ["typ"] = "dpop+jwt", ["jwk"] = signer.Public() }, claims);
    }

    /// <summary>The key in the file; a new one, for its owner's eyes alone, when there is none.</summary>
    internal static Signer KeyOf(string file)
    {
        if (File.Exists(file)) return Signer.Read(File.ReadAllText(file), null);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(file, options)) writer.Write(key.ExportPkcs8PrivateKeyPem());
        return Signer.Read(key.ExportPkcs8PrivateKeyPem(), null);
    }
}
