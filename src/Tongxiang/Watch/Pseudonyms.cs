using System.Security.Cryptography;
using System.Text;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Operators (经办人) as the evidence names them: a keyed digest, the same for the same person, from which nobody reads a name.</summary>
public sealed class Pseudonyms(NodeKey key)
{
    // The purpose is the one under which evidence has named operators from the beginning.
    private readonly byte[] secret = key.Derive("gateway operator pseudonym");

    /// <summary>32 hex digits.</summary>
    public string Of(string operative) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(operative)).AsSpan(0, 16));
}
