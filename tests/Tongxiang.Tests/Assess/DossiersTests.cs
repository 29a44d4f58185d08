using System.IO.Compression;
using System.Text;
using Tongxiang.Assess;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Server.Verbs;
using Tongxiang.Tests.Lab;
using static Tongxiang.Tests.Share.ShareLab;
using Known = Tongxiang.Tests.Share.Facts;

namespace Tongxiang.Tests.Assess;

public sealed class DossiersTests : IDisposable
{
    private readonly string folder = StoreLab.Folder();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, EveryStore]
    public async Task A_rights_dossier_is_verified_by_somebody_without_an_account(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var (number, grant) = await Granted(lab);
        Good(await lab.Notes.Add(Known.CivilHead, grant, Tongxiang.Share.NotePart.Effect, "核验 <b>3</b> 件低保申请", default));
        await lab.Sequence();
        var ask = new DossierAsk(DossierKind.Grant, number);
        var dossiers = lab.Dossiers();
        Assert.Equal(404, (await dossiers.Outline(AssessLab.HealthHead, ask, default)).Refusal!.Status);
        Assert.Equal(404, (await dossiers.Make(Known.PoliceHead, ask with { Key = "SQ20260212-9999" }, null, default)).Refusal!.Status);
        Assert.Equal(403, (await dossiers.Make(Known.PoliceSteward, ask, null, default)).Refusal!.Status);
        var outline = Good(await dossiers.Outline(Known.PoliceHead, ask, default));
        Assert.Equal(1, outline.Volumes);
        Assert.True(outline.Entries >= 8, outline.Entries.ToString(System.Globalization.CultureInfo.InvariantCulture));

        var made = Good(await dossiers.Make(Known.CivilHead, ask, null, default));
        var zip = await Written(made, "grant.zip");
        var (code, said) = await Checked(lab, zip);
        Assert.True(code == 0, said);
        var files = Unzip(zip, "grant");
        Assert.Equal(outline.Entries, files.Count(f => f.EndsWith(".tlog-proof", StringComparison.Ordinal)));
        Assert.Equal(outline.Entries, files.Count(f => f.StartsWith("evidence/", StringComparison.Ordinal) && f.EndsWith(".json", StringComparison.Ordinal)));
        Assert.Contains("letters/001-cover.html", files);
        Assert.Contains(files, f => f.EndsWith("-ledger.html", StringComparison.Ordinal));
        Assert.All(files, f => Assert.True(PaperName.IsOne(f), f));
        var ledger = await File.ReadAllTextAsync(Path.Combine(folder, "grant", files.Single(f => f.EndsWith("-ledger.html", StringComparison.Ordinal))));
        Assert.Contains("&lt;b&gt;3&lt;/b&gt;", ledger, StringComparison.Ordinal);
        Assert.Equal(0, (await Checked(lab, Path.Combine(folder, "grant"))).Code);

        // Every proof by itself, with its opening, by the verifier that was there before.
        var keys = File.ReadAllLines(Path.Combine(folder, "grant", "keys/log.vkey"));
        foreach (var proof in files.Where(f => f.EndsWith(".tlog-proof", StringComparison.Ordinal)).Select(f => Path.Combine(folder, "grant", f)))
            Assert.Equal(0, await Verify.Run(new Verification(proof, keys, null, null, proof.Replace(".tlog-proof", ".json", StringComparison.Ordinal), 0, TreeHash.Sha256, null), TextWriter.Null, default));

        // One byte of any file: the verification names that file.
        foreach (var file in files.Where(f => f != PapersCheck.Manifest))
        {
            var path = Path.Combine(folder, "grant", file);
            var bytes = await File.ReadAllBytesAsync(path);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
            var (wrong, why) = await Checked(lab, Path.Combine(folder, "grant"));
            Assert.Equal(1, wrong);
            Assert.Contains(file, why, StringComparison.Ordinal);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, bytes);
        }
        var extra = Path.Combine(folder, "extra.zip");
        File.Copy(zip, extra);
        using (var archive = ZipFile.Open(extra, ZipArchiveMode.Update)) archive.CreateEntry("../../letters/999.html");
        var (stranger, saidOf) = await Checked(lab, extra);
        Assert.Equal(1, stranger);
        Assert.Contains("999.html", saidOf, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Volumes_follow_each_other_without_gap_whatever_is_logged_meanwhile(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        var (number, grant) = await Granted(lab);
        var (dossiers, ask) = (lab.Dossiers(most: 3), new DossierAsk(DossierKind.Grant, number));
        var whole = Good(await dossiers.Outline(AssessLab.Auditor, ask, default));
        Assert.True(whole.Volumes > 1);
        var seen = new List<string>();
        string? place = null;
        var first = (string?)null;
        do
        {
            var made = Good(await dossiers.Make(AssessLab.Auditor, ask, place, default));
            var zip = await Written(made, made.Number + ".zip");
            Assert.Equal(0, (await Checked(lab, zip)).Code);
            seen.AddRange(Unzip(zip, made.Number).Where(f => f.EndsWith(".tlog-proof", StringComparison.Ordinal)));
            await lab.Called(grant);
            first ??= made.Next;
            place = made.Next;
        }
        while (place is not null);
        Assert.Equal(whole.Entries, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        // Asked again from the same place it is the same.
        var again = Unzip(await Written(Good(await dossiers.Make(AssessLab.Auditor, ask, first, default)), "again.zip"), "again").Where(f => f.EndsWith(".tlog-proof", StringComparison.Ordinal));
        Assert.Equal(seen.Skip(3).Take(3).Order(), again.Order());
        Refuses("kernel.invalid-input", await dossiers.Make(AssessLab.Auditor, ask, "../etc", default));
    }

    [Theory, EveryStore]
    public async Task Departments_incidents_and_periods_have_theirs_and_the_bureau_gets_proofs_of_what_it_may_not_read(Store store)
    {
        await using var lab = await AssessLab.Open(store);
        await Granted(lab);
        var security = AssessLab.Head with { Roles = new HashSet<Tongxiang.Agencies.Role> { Tongxiang.Agencies.Role.SecurityAdmin } };
        var now = lab.Clock.GetUtcNow();
        var incident = Good(await lab.Incidents.OpenByHand(security, new Tongxiang.Watch.HandOpening("人口信息被枚举", ["population"], now, now), default));
        Good(await lab.Reports.Make(AssessLab.Head, "2026-02", default));
        await lab.Overdue();
        await lab.Sequence();
        var dossiers = lab.Dossiers();
        foreach (var (caller, ask, letter) in new[]
        {
            (AssessLab.Head, new DossierAsk(DossierKind.Department, "police"), "duties"), (AssessLab.PoliceBoss, new DossierAsk(DossierKind.Department, "police"), "findings"),
            (AssessLab.Head, new DossierAsk(DossierKind.Incident, incident.Number), "clocks"), (AssessLab.Auditor, new DossierAsk(DossierKind.Period, "", new DateOnly(2026, 2, 1), new DateOnly(2026, 3, 31)), "report"),
            (AssessLab.HealthHead, new DossierAsk(DossierKind.Period, "", new DateOnly(2026, 2, 1), new DateOnly(2026, 3, 31)), "timeline"),
        })
        {
            var made = Good(await dossiers.Make(caller, ask, null, default));
            var zip = await Written(made, made.Number + ".zip");
            var (code, said) = await Checked(lab, zip);
            Assert.True(code == 0, $"{ask}: {said}");
            Assert.Contains(Unzip(zip, made.Number), f => f.EndsWith($"-{letter}.html", StringComparison.Ordinal));
        }
        var bureaus = Unzip(await Written(Good(await dossiers.Make(AssessLab.Head, new DossierAsk(DossierKind.Department, "police"), null, default)), "b.zip"), "b");
        Assert.True(bureaus.Count(f => f.EndsWith(".tlog-proof", StringComparison.Ordinal)) > bureaus.Count(f => f.StartsWith("evidence/", StringComparison.Ordinal) && f.EndsWith(".json", StringComparison.Ordinal)));
        foreach (var (caller, ask) in new[]
        {
            (AssessLab.HealthHead, new DossierAsk(DossierKind.Department, "police")), (AssessLab.Head, new DossierAsk(DossierKind.Department, "company")), (AssessLab.Head, new DossierAsk(DossierKind.Department, "../police")),
            (Known.CivilHead, new DossierAsk(DossierKind.Incident, incident.Number)), (AssessLab.Head, new DossierAsk(DossierKind.Incident, "SJ-1999-000001")),
        })
            Assert.Equal(404, (await dossiers.Make(caller, ask, null, default)).Refusal!.Status);
        Assert.Equal(400, (await dossiers.Make(AssessLab.Head, new DossierAsk(DossierKind.Period, "", new DateOnly(2026, 2, 1)), null, default)).Refusal!.Status);
        Assert.Equal(400, (await dossiers.Make(AssessLab.Head, new DossierAsk(DossierKind.Period, "", new DateOnly(2026, 2, 1), new DateOnly(2026, 1, 1)), null, default)).Refusal!.Status);
    }

    [Theory]
    [InlineData("../x"), InlineData("a/../b"), InlineData("/etc/passwd"), InlineData("a\\b"), InlineData("c:x"), InlineData(""), InlineData("a//b"), InlineData(".hidden"), InlineData("a/b/c/d/e"), InlineData("名.html"), InlineData("a b")]
    public void No_name_of_a_file_leads_out_of_its_folder(string path)
    {
        Assert.False(PaperName.IsOne(path));
        Assert.Throws<ArgumentException>(() => PaperName.Checked(path));
    }

    private static async Task<(string Number, Id<Tongxiang.Share.Grant> Grant)> Granted(AssessLab lab)
    {
        var grant = (await lab.Share.Consented()).Grant!.Value;
        await lab.Called(grant, times: 3);
        await lab.Sequence();
        return ((await lab.Share.Grants.Load(grant, default))!.Number, grant);
    }

    private async Task<string> Written(MadeDossier made, string name)
    {
        var path = Path.Combine(folder, name);
        await using var file = File.Create(path);
        await made.Write(file, default);
        return path;
    }

    private List<string> Unzip(string zip, string name)
    {
        var target = Path.Combine(folder, name);
        ZipFile.ExtractToDirectory(zip, target);
        return [.. Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(target, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
    }

    private static async Task<(int Code, string Said)> Checked(AssessLab lab, string target)
    {
        var keys = (await lab.Share.Evidence.Prove(0, default))!.Value.Keys.Concat(lab.Key.Keys).Select(k => k.ToString()).ToArray();
        var said = new StringWriter(new StringBuilder());
        return (await Verify.Run(new Verification(target, keys, null, null, null, 0, TreeHash.Sha256, null), said, default), said.ToString());
    }
}
