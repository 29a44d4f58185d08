using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A key that a client sends as it is, in the header <c>Api-Key</c>: shown once, kept as a digest, good for data that are open or nearly so.</summary>
/// <param name="Hint">Its first characters, so that people can tell theirs apart.</param>
public sealed record HeaderKey(Id<HeaderKey> Id, Id<Client> Client, string Hint, DateTimeOffset AddedAt)
{
    internal const string Prefix = "txk_";
    private const int SecretBytes = 32;
    private const int Length = 47;

    /// <summary>256 bits of chance: a plain digest is enough, for nobody tries them all.</summary>
    internal static string Make() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    internal static bool HasForm(string key) => key.Length == Length && key.StartsWith(Prefix, StringComparison.Ordinal);

    // Addresses lie in histories, logs and referrers: a key that stood in one is lost.
    internal static bool IsInAddress(HttpRequest request) => request.QueryString.HasValue && request.QueryString.Value!.Contains(Prefix, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A header key with its secret, this once.</summary>
public sealed record NewHeaderKey(HeaderKey Key, string Secret);
