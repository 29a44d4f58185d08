using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Kernel;

/// <summary>The node's master key: wraps the keys of datasets, openings and journals, and derives the keys of cursors and pseudonyms.</summary>
public sealed class NodeKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[] key;

    public NodeKey(byte[] key) => this.key = key.Length == 32 ? key : throw new ArgumentException("The node key has 32 bytes.", nameof(key));

    /// <summary>Reads the key of this home; makes one at the very first start, readable by the owner alone.</summary>
    public static NodeKey Of(Home home)
    {
        var path = Path.Combine(home.Keys, "node.key");
        if (!File.Exists(path)) Create(path);
        return new NodeKey(File.ReadAllBytes(path));
    }

    /// <summary>The same, sealed by a key in an external device when the settings name one. A key that lay in clear until now is sealed and its file erased.</summary>
    public static NodeKey Of(Home home, NodeSettings settings)
    {
        if (settings.KeyModule is not { Length: > 0 } module) return Of(home);
        var (clear, sealedFile) = (Path.Combine(home.Keys, "node.key"), Path.Combine(home.Keys, "node.key.sealed"));
        if (settings.KeyPinFile is not { Length: > 0 } pin || !File.Exists(pin)) throw new FileNotFoundException($"Node:KeyPinFile: there is no file '{settings.KeyPinFile}' with the PIN of the device. / 找不到 PIN 文件。");
        using var device = new KeyDevice(module, settings.KeyToken ?? "tongxiang", settings.KeyLabel, File.ReadAllText(pin).Trim());
        if (File.Exists(sealedFile)) return new NodeKey(device.Open(File.ReadAllBytes(sealedFile), "tongxiang node key"));
        var key = File.Exists(clear) ? File.ReadAllBytes(clear) : RandomNumberGenerator.GetBytes(32);
        Core.Ledger.Durable.Replace(sealedFile, device.Seal(key, "tongxiang node key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (File.Exists(clear)) Erase(clear);
        return new NodeKey(key);
    }

    /// <summary>Encrypts a key (AES-256-GCM); <paramref name="context"/> binds it to its use, so a swapped blob does not open.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> secret, string context)
    {
        var blob = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = blob.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, secret, blob.AsSpan(NonceBytes, secret.Length), blob.AsSpan(NonceBytes + secret.Length), Encoding.UTF8.GetBytes(context));
        return blob;
    }

    /// <exception cref="CryptographicException">Another key, another context, or a changed blob.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> blob, string context)
    {
        if (blob.Length < NonceBytes + TagBytes) throw new CryptographicException("The wrapped key is too short.");
        var secret = new byte[blob.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(blob[..NonceBytes], blob.Slice(NonceBytes, secret.Length), blob[^TagBytes..], secret, Encoding.UTF8.GetBytes(context));
        return secret;
    }

    /// <summary>A 32-byte key for one purpose (HKDF-SHA-256).</summary>
    public byte[] Derive(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose));

    // Overwritten before it is removed; copies in backups and on worn flash cells are the operator's to destroy (docs/keys.md).
    private static void Erase(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(new byte[file.Length]);
            Core.Ledger.Durable.Flush(file);
        }
        File.Delete(path);
    }

    private static void Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path + ".new", options);
        file.Write(RandomNumberGenerator.GetBytes(32));
        file.Dispose();
        File.Move(path + ".new", path);
    }
}
