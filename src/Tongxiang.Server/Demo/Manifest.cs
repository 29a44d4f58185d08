using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Demo;

/// <summary>What <c>demo.json</c> says, so that scripts and clients can use the demonstration. It and the key files beside it hold passwords and private keys: only its owner may read it.</summary>
/// <param name="Today">The generators' day, kept so that an interrupted first start goes on with the same rows.</param>
/// <param name="IsComplete">Whether the region stands whole; nothing is filled in again after that.</param>
public sealed record Manifest(
    string Notice, string BaseUrl, DateOnly Today, ulong Seed, int People, bool IsComplete,
    IReadOnlyList<ManifestPerson> Persons, IReadOnlyList<ManifestClient> Clients, IReadOnlyDictionary<string, ManifestResource> Resources, string Files)
{
    public const string FileName = "demo.json";
    private const string KeyFolder = "demo-keys";

    private static readonly JsonSerializerOptions Indented = new(Wire.Json) { WriteIndented = true };

    public Scale Scale => new(People, Today, Seed);

    public static Manifest? Load(Home home)
    {
        var path = Path.Combine(home.Root, FileName);
        if (!File.Exists(path)) return null;
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize<Manifest>(stream, Indented);
    }

    /// <summary>Where a client's private key lies as a file of its own, for programs that want one.</summary>
    public static string KeyFile(Home home, ManifestClient client) => Path.Combine(home.Root, KeyFolder, client.ClientId + ".jwk");

    /// <summary>Replaces the file as a whole, and those of the keys; a crash leaves the old or the new ones.</summary>
    public void Save(Home home)
    {
        Directory.CreateDirectory(Path.Combine(home.Root, KeyFolder));
        foreach (var client in Clients) Replace(KeyFile(home, client), client.PrivateJwk);
        Replace(Path.Combine(home.Root, FileName), this);
    }

    private static void Replace<T>(string path, T content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(path + ".new", options)) JsonSerializer.Serialize(stream, content, Indented);
        File.Move(path + ".new", path, overwrite: true);
    }
}

/// <summary>A sign-in. <paramref name="Role"/> is the first of <paramref name="Roles"/>.</summary>
public sealed record ManifestPerson(string User, string Password, string Name, string Role, IReadOnlyList<string> Roles, string? Organisation, string? OrganisationName);

/// <summary>A client with its private key (ES256, JWK) and what it was granted.</summary>
public sealed record ManifestClient(string ClientId, string Name, string Organisation, JsonObject PrivateJwk, IReadOnlyList<ManifestGrant> Granted)
{
    public string Kid => PrivateJwk["kid"]!.GetValue<string>();

    /// <summary>The key without its secret, as it is registered.</summary>
    public JsonElement PublicJwk()
    {
        var key = (JsonObject)PrivateJwk.DeepClone();
        key.Remove("d");
        return JsonSerializer.SerializeToElement(key);
    }

    public static JsonObject NewKey()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var p = ecdsa.ExportParameters(includePrivateParameters: true);
        var key = new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Text(p.Q.X!), ["y"] = Text(p.Q.Y!), ["d"] = Text(p.D!), ["use"] = "sig", ["alg"] = "ES256" };
        key["kid"] = Text(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{key["x"]}}","y":"{{key["y"]}}"}""")));
        return key;
    }

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}

/// <summary>A granted resource: its name in addresses, the id of the grant, the fields given and the matter it is for.</summary>
public sealed record ManifestGrant(string Resource, string? Grant, IReadOnlyList<string> Fields, string Matter);

public sealed record ManifestResource(string Id, string Slug, string Code, string Name);
