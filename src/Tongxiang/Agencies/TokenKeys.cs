using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The keys (ES256) with which the node signs access tokens: the newest signs, older ones verify until their tokens have ended.</summary>
public sealed class TokenKeys(Home home, NodeKey nodeKey, TimeProvider clock)
{
    /// <summary>Longer than any token lives: afterwards an old key verifies nothing.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private const string Prefix = "token-";
    private const string Context = "agencies.token-key";
    private readonly Lock gate = new();
    private volatile ECDsaSecurityKey[] keys = [];
    private DateTimeOffset looked = DateTimeOffset.MinValue;

    /// <summary>Newest first; makes the first key when there is none.</summary>
    public IReadOnlyList<ECDsaSecurityKey> All
    {
        get
        {
            if (keys.Length > 0) return keys;
            lock (gate)
            {
                if (keys.Length == 0) Load_NeedsLock();
                if (keys.Length == 0)
                {
                    Make_NeedsLock();
                    Load_NeedsLock();
                }
                return keys;
            }
        }
    }

    public ECDsaSecurityKey? Find(string kid)
    {
        if (All.FirstOrDefault(k => k.KeyId == kid) is { } known) return known;
        lock (gate)
        {
            // Another copy may have rotated; a flood of invented key ids must not turn into disk reads.
            if (clock.GetUtcNow() - looked < TimeSpan.FromSeconds(5)) return null;
            Load_NeedsLock();
            return keys.FirstOrDefault(k => k.KeyId == kid);
        }
    }

    /// <summary>How long the newest key has been signing.</summary>
    public TimeSpan Age()
    {
        _ = All;
        return clock.GetUtcNow() - new DirectoryInfo(home.Keys).GetFiles(Prefix + "*.key").Select(MadeAt).Max();
    }

    /// <summary>A new signing key; tokens signed by the one before stay valid until they end.</summary>
    public void Rotate()
    {
        lock (gate)
        {
            Make_NeedsLock();
            Load_NeedsLock();
        }
    }

    private void Load_NeedsLock()
    {
        looked = clock.GetUtcNow();
        var files = new DirectoryInfo(home.Keys).GetFiles(Prefix + "*.key").OrderByDescending(f => f.Name, StringComparer.Ordinal).ToList();
        // A key is done once its successor is older than any token.
        var done = files.Skip(1).Where((_, i) => looked - MadeAt(files[i]) > Kept).ToList();
        foreach (var file in done) file.Delete();
        keys = [.. files.Except(done).Select(Read)];
    }

    private void Make_NeedsLock()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{clock.GetUtcNow().ToUnixTimeMilliseconds():D15}.key");
        var path = Path.Combine(home.Keys, name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(path + ".new", options)) file.Write(nodeKey.Wrap(key.ExportPkcs8PrivateKey(), Context));
        File.Move(path + ".new", path);
    }

    private ECDsaSecurityKey Read(FileInfo file)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(nodeKey.Unwrap(File.ReadAllBytes(file.FullName), Context), out _);
        var point = key.ExportParameters(false).Q;
        var thumb = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
        return new ECDsaSecurityKey(key) { KeyId = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(thumb))) };
    }

    private static DateTimeOffset MadeAt(FileInfo file) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Path.GetFileNameWithoutExtension(file.Name).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture));
}
