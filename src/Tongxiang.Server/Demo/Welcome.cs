using Tongxiang.Kernel;

namespace Tongxiang.Server.Demo;

/// <summary>What a newcomer reads on the console: where to look, whom to sign in as, what to type.</summary>
internal static class Welcome
{
    public static void Print(Manifest manifest, Home home, TextWriter to)
    {
        var url = manifest.BaseUrl.TrimEnd('/');
        to.WriteLine();
        to.WriteLine($"  通享 Tongxiang  {url}");
        to.WriteLine($"    公共门户 / public site   {url}/        (English: {url}/en/)");
        to.WriteLine($"    部门工作台 / desk        {url}/desk");
        to.WriteLine($"    主管部门 / bureau        {url}/bureau");
        to.WriteLine($"    接口文档 / API           {url}/openapi/v1.json");
        to.WriteLine();
        to.WriteLine("  演示账号，口令公开，不得用于真实数据 / sign-ins of the demonstration; their passwords are public:");
        foreach (var person in manifest.Persons.Where(IsShown))
            to.WriteLine($"    {person.User,-28} {person.Password,-20} {person.OrganisationName ?? "–"} {person.Name} ({string.Join(", ", person.Roles)})");
        to.WriteLine();
        to.WriteLine($"  其余账号、客户端私钥见 / more sign-ins and the clients' keys: {Path.Combine(home.Root, Manifest.FileName)}");
        to.WriteLine($"  可供接入的样例文件 / files to land: {manifest.Files}");
        to.WriteLine();
        foreach (var line in Examples(manifest, url, home)) to.WriteLine("    " + line);
        to.WriteLine();
    }

    /// <summary>Three calls: open data, spatial data as GeoJSON, and personal data under a grant.</summary>
    public static IEnumerable<string> Examples(Manifest manifest, string url, Home home)
    {
        if (manifest.Resources.TryGetValue("open", out var open)) yield return $"curl '{url}/data/{open.Slug}?limit=3'";
        if (manifest.Resources.TryGetValue("spatial", out var spatial)) yield return $"curl -H 'Accept: application/geo+json' '{url}/data/{spatial.Slug}?limit=3'";
        if (manifest.Clients.FirstOrDefault(c => c.Granted.Any(g => g.Resource == "population")) is not { } client) yield break;
        yield return $"TOKEN=$(dotnet '{typeof(Welcome).Assembly.Location}' token --client {client.ClientId} --key '{Manifest.KeyFile(home, client)}' --url {url})";
        // A grant for personal data wants to know who asks and in which case.
        yield return $"curl -H \"Authorization: Bearer $TOKEN\" -H 'Data-Operator: civil-affairs.clerk' -H 'Data-Case: DB20260001' '{url}/data/population?select=citizen_id,name,division&limit=1'";
    }

    private static bool IsShown(ManifestPerson person) =>
        person.Organisation is null or Organisations.Bureau or Organisations.Company
        || (person.Organisation is "police" or "civil-affairs" or "ecology" && person.Role is "Steward" or "SharingOfficeHead" or "AgencyHead");
}
