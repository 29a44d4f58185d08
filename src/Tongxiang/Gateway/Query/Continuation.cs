using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Query;

/// <summary>The value of <c>after</c>: where a reader stopped. Sealed, for the key of a row may not be the caller's to see, and bound to resource, filter and order.</summary>
public sealed class Continuation(byte[] key)
{
    private const int nonceBytes = 12;
    private const int tagBytes = 16;
    private const int longest = 4_000;

    public string Seal(string resource, Plan plan, IReadOnlyList<object?> last)
    {
        var clear = JsonSerializer.SerializeToUtf8Bytes(last.Select(Write));
        var sealedBytes = new byte[nonceBytes + clear.Length + tagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, nonceBytes));
        using var aes = new AesGcm(key, tagBytes);
        aes.Encrypt(sealedBytes.AsSpan(0, nonceBytes), clear, sealedBytes.AsSpan(nonceBytes, clear.Length), sealedBytes.AsSpan(nonceBytes + clear.Length), Binding(resource, plan));
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>The values, or null when the text was not issued for this resource, filter and order.</summary>
    public IReadOnlyList<object?>? Open(string resource, Plan plan, string text)
    {
        if (text.Length > longest || !Base64Url.IsValid(text)) return null;
        var sealedBytes = Base64Url.DecodeFromChars(text);
        if (sealedBytes.Length < nonceBytes + tagBytes) return null;
        var clear = new byte[sealedBytes.Length - nonceBytes - tagBytes];
        using var aes = new AesGcm(key, tagBytes);
        try
        {
            aes.Decrypt(sealedBytes.AsSpan(0, nonceBytes), sealedBytes.AsSpan(nonceBytes, clear.Length), sealedBytes.AsSpan(nonceBytes + clear.Length), clear, Binding(resource, plan));
        }
        catch (AuthenticationTagMismatchException)
        {
            // Forged, from another query, or from before the node's key was renewed: all the same to the caller.
            return null;
        }

        return [.. JsonSerializer.Deserialize<string?[]>(clear)!.Select(Read)];
    }

    private static byte[] Binding(string resource, Plan plan) => SHA256.HashData(Encoding.UTF8.GetBytes(resource + "\n" + plan.Shape()));

    private static string? Write(object? value) => value switch
    {
        null => null,
        string text => "t" + text,
        long whole => "i" + whole.ToString(CultureInfo.InvariantCulture),
        double real => "r" + real.ToString("R", CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No serving column holds a {value.GetType().Name}."),
    };

    private static object? Read(string? text) => text is null ? null : text[0] switch
    {
        't' => text[1..],
        'i' => long.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
        _ => double.Parse(text.AsSpan(1), CultureInfo.InvariantCulture),
    };
}
