using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Tests.Share;

/// <summary>Corrections, disputes and objections over the agencies and people of <see cref="Facts"/>; which records a right shows is given as a list of keys.</summary>
internal sealed class RemedyLab : IAsyncDisposable
{
    public const string Known = "29010119800101001X";
    public static readonly Caller BureauHead = Facts.Reviewer with { Actor = "bureau-head", Name = "bureau-head", Roles = new HashSet<Role> { Role.BureauHead } };
    public static readonly Caller HealthHead = Facts.HealthSteward with { Roles = new HashSet<Role> { Role.SharingOfficeHead } };

    private readonly Disclosures disclosures;

    private RemedyLab(ShareLab lab)
    {
        Lab = lab;
        lab.Entry = lab.Entry with { Content = lab.Entry.Content with { Fields = [.. lab.Entry.Content.Fields.Select(f => f.Name == "id_number" ? f with { Element = "citizen-id" } : f)] } };
        disclosures = new Disclosures(lab.Db, lab.Evidence);
        var hidings = new Hidings(lab.Db, lab.Clock, lab.Evidence, lab.Grants);
        var looks = new OwnLooks(lab.Clock, lab.Evidence, disclosures, new Identities(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.NodeKey), hidings, lab.Rules);
        Marks = new CorrectionMarks(lab.Db, lab.NodeKey);
        EntrySource entries = (id, _) => ValueTask.FromResult(id == lab.Entry.Id ? lab.Entry : null);
        var deadlines = new Deadlines(lab.Rules, lab.Calendar);
        Corrections = new Corrections(lab.Db, lab.Clock, lab.Evidence, lab.NodeKey, lab.Directory, deadlines, lab.Calendar, entries, lab.Grants, lab.Notices, looks, Marks, Look, _ => Version is { } number ? new AttachedVersion(number, lab.Clock.GetUtcNow()) : null);
        Disputes = new Disputes(lab.Db, lab.Clock, lab.Evidence, lab.Directory, lab.Notices, lab.Deputies, entries);
        Objections = new Objections(lab.Db, lab.Clock, lab.Evidence, lab.NodeKey, lab.Directory, lab.Rules, deadlines, lab.Calendar, lab.Notices, Corrections, id => id == lab.Entry.Id ? lab.Entry : null);
        Watch = new RemedyWatch(lab.Db, lab.Clock, lab.Calendar, lab.Directory, lab.Notices, entries);
    }

    public ShareLab Lab { get; }
    public CorrectionMarks Marks { get; }
    public Corrections Corrections { get; }
    public Disputes Disputes { get; }
    public Objections Objections { get; }
    public RemedyWatch Watch { get; }

    /// <summary>The version that readers get now.</summary>
    public long? Version { get; set; } = 1;

    /// <summary>Keys of records that rights show.</summary>
    public HashSet<string> Records { get; } = [Known, "290102198001010020"];

    public static async Task<RemedyLab> Open(Store store, string at = "2026-06-17") => new(await ShareLab.Open(store, at));

    public async Task<Grant> Granted() => (await Lab.Grants.Load((await Lab.Consented()).Grant!.Value, default))!;

    public static NewCorrection Said(Grant grant, string? record = Known, params string[] fields) => new(
        grant.Id, record is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["id_number"] = record }, fields.Length > 0 || record is not null ? fields : ["name"],
        "姓名与居民身份证不一致", "张叁", "身份证复印件");

    public async Task<Correction> Reported(Grant grant, string? record = Known, params string[] fields) => ShareLab.Good(await Corrections.Report(Facts.CivilSteward, Said(grant, record, fields), default));

    /// <summary>A department was shown the record.</summary>
    public async Task Shown(Agency to, string record)
    {
        using var subjects = new SubjectList();
        subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(record));
        await Lab.Evidence.Witness(new Happening("gateway.answered", "client", to.Id.ToString(), "grant:x", Lab.Clock.GetUtcNow(), new Dictionary<string, string> { ["resource"] = Lab.Entry.Slug, ["rows"] = "1" })
        {
            Disclosed = new Disclosed(Lab.Entry.Id.ToString(), subjects),
        }, default);
    }

    public async ValueTask DisposeAsync()
    {
        Marks.Dispose();
        disclosures.Dispose();
        await Lab.DisposeAsync();
    }

    private ValueTask<Outcome<SeenRecord?>> Look(Caller caller, Entry entry, Grant? grant, IReadOnlyDictionary<string, string> key, System.Net.IPAddress? from, CancellationToken ct) =>
        ValueTask.FromResult<Outcome<SeenRecord?>>(Records.Contains(key["id_number"]) ? new SeenRecord(key, key["id_number"]) : (SeenRecord?)null);
}
