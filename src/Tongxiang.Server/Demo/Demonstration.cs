using Tongxiang.Catalog;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo.Resources;
using Tongxiang.Server.Demo.Seed;

namespace Tongxiang.Server.Demo;

/// <summary>Fills an empty node with the fictional province, through the same front doors people use, and says how to look at it.</summary>
/// <remarks>Each step looks first what stands, so a first start that was interrupted goes on where it stopped. Once complete nothing is ever filled in again:
/// what people changed or retired stays as they left it.</remarks>
internal sealed class Demonstration(IServiceProvider services, TextWriter console)
{
    private readonly Home home = services.GetRequiredService<Home>();

    public async Task Fill(int people, string baseUrl, CancellationToken ct)
    {
        var manifest = Manifest.Load(home) is { } earlier ? earlier with { BaseUrl = baseUrl } : Begin(people, baseUrl);
        manifest.Save(home);
        if (!manifest.IsComplete)
        {
            manifest = await Build(manifest, ct);
            manifest.Save(home);
        }
        Welcome.Print(manifest, home, console);
    }

    private async Task<Manifest> Build(Manifest manifest, CancellationToken ct)
    {
        var scale = manifest.Scale;
        var progress = new Progress(console);
        progress.Say($"首次启动，正在生成演示区域（{scale.People:N0} 人）", $"first start: making the demonstration region ({scale.People:N0} people)");
        var cast = ActivatorUtilities.CreateInstance<Cast>(services);

        var directory = ActivatorUtilities.CreateInstance<SeedDirectory>(services, cast);
        await directory.Places(ct);
        await directory.Persons(scale.Seed, ct);
        await directory.Systems(manifest.Clients, ct);
        progress.Say($"{Organisations.All.Count} 个机构，{manifest.Persons.Count} 个账号", $"{Organisations.All.Count} agencies, {manifest.Persons.Count} people");

        await ActivatorUtilities.CreateInstance<SeedEntries>(services, cast).Run(ct);
        progress.Say($"{Shelf.All.Count} 个目录条目已发布", $"{Shelf.All.Count} entries published");

        var granted = await ActivatorUtilities.CreateInstance<SeedGrants>(services, cast, scale).Run(ct);
        progress.Say($"{granted.Count} 件申请", $"{granted.Count} applications");

        // Written beside the landings: nobody waits for these files.
        var files = Task.Run(() => SampleFiles.Write(scale, manifest.Files), ct);
        var rows = await ActivatorUtilities.CreateInstance<SeedVersions>(services, cast, scale, progress).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedBatches>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedIdentity>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedDuties>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedRemedies>(services, cast, scale).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedAccords>(services, cast, scale).Run(ct);
        await Past(scale, ct);
        await ActivatorUtilities.CreateInstance<SeedDrill>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedDemands>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedRegistration>(services, cast).Run(ct);
        await ActivatorUtilities.CreateInstance<SeedSupervision>(services, cast).Run(ct);
        ActivatorUtilities.CreateInstance<SeedWatch>(services, scale).Run();
        await ActivatorUtilities.CreateInstance<SeedPlan>(services, cast, scale).Run(ct);
        await files;
        // Whoever looks from here on sees the whole region, not one that the catalogue hears of a second later.
        await services.GetRequiredService<CatalogueFacts>().Tell(ct);
        progress.Say($"共接入 {rows:N0} 行，演示区域就绪", $"{rows:N0} rows landed; the region is ready");
        var numbers = granted.ToLookup(g => (g.Request.Client?.Id, g.Request.Resource), g => g.Application);
        return manifest with
        {
            IsComplete = true,
            Clients = [.. manifest.Clients.Select(c => c with { Granted = [.. c.Granted.Select(g => g with { Grant = numbers[(c.ClientId, g.Resource)].FirstOrDefault()?.Grant?.ToString() })] })],
            Resources = new Dictionary<string, ManifestResource> { ["open"] = Known("air-quality"), ["conditional"] = Known("population"), ["spatial"] = Known("bus-stops") },
        };
    }

    // A month of use that never happened stands under an origin of its own: pages that show it say so.
    private Task Past(Scale scale, CancellationToken ct)
    {
        var catalogue = services.GetRequiredService<Catalogue>();
        var days = History.Make(scale).GroupBy(u => (u.Resource, u.Day)).Select(g => (Entry: catalogue.BySlug(g.Key.Resource), g.Key.Day, Calls: g.Sum(u => u.Calls - u.Refused), Rows: g.Sum(u => u.Rows)));
        return services.GetRequiredService<ResourceUses>().Import(History.Origin, days.Where(d => d.Entry is not null).Select(d => new ForeignDay(d.Entry!.Id, d.Day, d.Calls, d.Rows)), ct);
    }

    private Manifest Begin(int people, string baseUrl)
    {
        var scale = new Scale(people, WorkCalendar.Day(services.GetRequiredService<TimeProvider>().GetUtcNow()));
        var organisations = Organisations.All.ToDictionary(o => o.Slug, o => o.Name);
        var persons = Organisations.People(scale.Seed).Select(p => new ManifestPerson(
            p.UserName, p.Password, p.Name, p.Roles[0].ToString(), [.. p.Roles.Select(r => r.ToString())], p.Organisation, p.Organisation is { } slug ? organisations[slug] : null));
        var clients = Requests.All.Where(r => r.Client is not null).GroupBy(r => r.Client!.Value).Select(g => new ManifestClient(
            g.Key.Id, g.Key.Name, g.First().Organisation!, ManifestClient.NewKey(), [.. g.Select(r => new ManifestGrant(r.Resource, null, FieldsOf(r), r.Matter))]));
        return new Manifest(
            "演示数据：人员、企业、机构均为虚构，口令公开，不得用于真实业务。Everything here is fictional and public; never use it to guard real data.",
            baseUrl, scale.Today, scale.Seed, people, false, [.. persons], [.. clients], new Dictionary<string, ManifestResource>(), Path.Combine(home.Root, "demo-files"));
    }

    private static string[] FieldsOf(Request request) => request.Fields.Length > 0
        ? request.Fields
        : [.. Shelf.Find(request.Resource).Content is var content && request.Lane == Share.Lane.Sharing ? content.Fields.Select(f => f.Name) : content.Fields.Where(f => f.OpenClass != OpenClass.Closed).Select(f => f.Name)];

    private ManifestResource Known(string slug) =>
        services.GetRequiredService<Catalogue>().BySlug(slug) is { } entry ? new ManifestResource(entry.Id.ToString(), entry.Slug, entry.Code, entry.Content.Name) : throw new InvalidOperationException($"'{slug}' is not published.");
}
