using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;
using Tongxiang.Kernel;

namespace Tongxiang.Federation;

/// <summary>The node's key for what it tells other tiers (Ed25519): its seed lies wrapped in the keys folder, its public half is for anyone.</summary>
public sealed class CascadeKey
{
    private const string Context = "federation.cascade-key";
    private const int SeedBytes = 32;
    private readonly byte[] seed;

    private CascadeKey(byte[] seed)
    {
        this.seed = seed;
        using var key = Import();
        PublicKey = Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    /// <summary>32 bytes, base64.</summary>
    public string PublicKey { get; }

    public static CascadeKey Of(Home home, NodeKey node)
    {
        var path = Path.Combine(home.Keys, "cascade.key");
        if (!File.Exists(path)) Create(path, node);
        return new CascadeKey(node.Unwrap(File.ReadAllBytes(path), Context));
    }

    /// <summary>Ed25519 over the body's UTF-8 bytes, base64.</summary>
    public string Sign(string body)
    {
        using var key = Import();
        return Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, Encoding.UTF8.GetBytes(body)));
    }

    /// <summary>What anyone with the public key can check without us.</summary>
    /// <param name="publicKey">32 bytes, base64.</param>
    public static bool Verify(string publicKey, string body, string signature)
    {
        var (key, bytes) = (new byte[32], new byte[64]);
        return Convert.TryFromBase64String(publicKey, key, out var keyLength) && keyLength == key.Length && Convert.TryFromBase64String(signature, bytes, out var length) && length == bytes.Length
            && NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPublicKey, out var known)
            && SignatureAlgorithm.Ed25519.Verify(known!, Encoding.UTF8.GetBytes(body), bytes);
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
