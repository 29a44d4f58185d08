using System.Text.Json;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Words about persons as they lie in the store: sealed under the node's key, and bound to the row they belong to.</summary>
internal static class SealedWords
{
    /// <param name="place">Row and use, e.g. <c>correction:0192…</c>: laid elsewhere it does not open.</param>
    public static byte[] Close<T>(NodeKey key, string place, T words) => key.Wrap(JsonSerializer.SerializeToUtf8Bytes(words, Wire.Json), "share " + place);

    public static T Open<T>(NodeKey key, string place, byte[] lies) => JsonSerializer.Deserialize<T>(key.Unwrap(lies, "share " + place), Wire.Json)!;
}
