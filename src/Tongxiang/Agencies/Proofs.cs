using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Checks proofs (DPoP) against the request they came with: our address, the method, the time, the token, and that each is used once.</summary>
internal sealed class Proofs(TimeProvider clock, NodeSettings node, IdentitySettings settings)
{
    public const string Header = "DPoP";
    public const string NonceHeader = "DPoP-Nonce";
    public const string NonceFlaw = "agencies.proof.nonce";
    private static readonly TimeSpan NonceLife = TimeSpan.FromMinutes(3);

    // A key of this run alone: a proof with a nonce cannot be shown to another copy.
    private readonly byte[] nonceKey = RandomNumberGenerator.GetBytes(32);
    private readonly ProofMemory memory = new(clock, TimeSpan.FromSeconds(settings.ProofSeconds) * 2, settings.ProofsPerKey);
    private readonly string[] addresses = [.. new[] { node.PublicUrl, settings.MutualUrl }.Concat(settings.Addresses).OfType<string>().Select(a => a.TrimEnd('/'))];

    /// <summary>The proof of a request, not spent yet; or what is wrong, as a key of the texts.</summary>
    /// <param name="token">The token shown with it; null where one is only asked for.</param>
    public (Proof? Proof, string? Flaw) Check(HttpRequest request, string? token)
    {
        var sent = request.Headers[Header];
        if (sent.Count != 1 || sent[0] is not { Length: > 0 } text) return (null, sent.Count > 1 ? "agencies.proof.two" : "agencies.proof.none");
        var (proof, flaw) = ProofReader.Read(text);
        if (proof is null) return (null, flaw);
        if (proof.Method != request.Method) return (null, "agencies.proof.method");
        if (!IsHere(proof.Target, request)) return (null, "agencies.proof.target");
        var now = clock.GetUtcNow();
        if (!(Math.Abs(proof.IssuedAt - now.ToUnixTimeMilliseconds() / 1000.0) <= settings.ProofSeconds)) return (null, "agencies.proof.time");
        if (token is not null && proof.TokenDigest != ProofReader.DigestOf(token)) return (null, "agencies.proof.token");
        if (settings.ProofNonce && !IsNonce(proof.Nonce, now)) return (null, NonceFlaw);
        return (proof, null);
    }

    /// <summary>Takes the proof's number, once; null: it was new.</summary>
    public string? Spend(Proof proof) => memory.Spend(proof.Key, proof.Id) switch
    {
        Spent.Now => null,
        Spent.Before => "agencies.proof.used",
        _ => "agencies.proof.many",
    };

    public void Forget() => memory.Forget();

    /// <summary>Tells the number the next proof must carry, when proofs need one.</summary>
    public void Tell(HttpResponse response)
    {
        if (settings.ProofNonce) response.Headers[NonceHeader] = Nonce(Slot(clock.GetUtcNow()));
    }

    private bool IsNonce(string? nonce, DateTimeOffset now) => nonce is { Length: < 100 } && (nonce == Nonce(Slot(now)) || nonce == Nonce(Slot(now) - 1));

    private static long Slot(DateTimeOffset at) => at.ToUnixTimeSeconds() / (long)NonceLife.TotalSeconds;

    private string Nonce(long slot) => Base64Url.EncodeToString(HMACSHA256.HashData(nonceKey, BitConverter.GetBytes(slot)).AsSpan(0, 18));

    // RFC 9449 §4.3: compared after normalisation, without query and fragment.
    private bool IsHere(string target, HttpRequest request)
    {
        if (target.Length > 2_000 || !Uri.TryCreate(target, UriKind.Absolute, out var said) || said.UserInfo.Length > 0) return false;
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } line && line[0] == '/' ? line : (request.PathBase + request.Path).Value;
        if (addresses.Length > 0) return addresses.Any(a => IsSame(said, a + raw));
        return Assertions.IsOwnHost(request.HttpContext, node) && IsSame(said, string.Create(CultureInfo.InvariantCulture, $"{request.Scheme}://{request.Host}{raw}"));
    }

    private static bool IsSame(Uri said, string here) =>
        Uri.TryCreate(here, UriKind.Absolute, out var own)
        && Uri.Compare(said, own, UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.SafeUnescaped, StringComparison.Ordinal) == 0;
}
