using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The node's key for grants (Ed25519): its seed lies wrapped in the keys folder, its public half is for anyone.</summary>
public sealed class GrantKey
{
    private const string Context = "share.grant-key";
    private const int SeedBytes = 32;
    private readonly byte[] seed;

    private GrantKey(byte[] seed)
    {
        this.seed = seed;
        using var key = Import();
        PublicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>32 bytes.</summary>
    public byte[] PublicKey { get; }

    public static GrantKey Of(Home home, NodeKey node)
    {
        var path = Path.Combine(home.Keys, "grant.key");
        if (!File.Exists(path)) Create(path, node);
        return new GrantKey(node.Unwrap(File.ReadAllBytes(path), Context));
    }

    /// <summary>Ed25519 over the record's UTF-8 bytes, base64.</summary>
    public string Sign(string record)
    {
        using var key = Import();
        return Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, Encoding.UTF8.GetBytes(record)));
    }

    public bool Verify(string record, string signature) => Verify(PublicKey, record, signature);

    /// <summary>What anyone with the public key can check without us.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, string record, string signature)
    {
        var bytes = new byte[64];
        return Convert.TryFromBase64String(signature, bytes, out var length) && length == bytes.Length
            && NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
            && SignatureAlgorithm.Ed25519.Verify(key!, Encoding.UTF8.GetBytes(record), bytes);
    }

    private Key Import() => Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);

    private static void Create(string path, NodeKey node)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(path + ".new", options)) file.Write(node.Wrap(RandomNumberGenerator.GetBytes(SeedBytes), Context));
        // Another copy of the node may have been first; then its key stands.
        if (!File.Exists(path)) File.Move(path + ".new", path);
        else File.Delete(path + ".new");
    }
}
