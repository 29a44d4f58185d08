using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Share;
using Tongxiang.Watch;
using static Tongxiang.Tests.Share.ShareLab;

namespace Tongxiang.Tests.Watch;

/// <summary>Incidents over one store, with the agencies and the entry of <see cref="Facts"/> and an evidence log that is really written.</summary>
internal sealed class IncidentLab : IAsyncDisposable
{
    public static readonly Caller Security = Person("security", Facts.Bureau, Role.SecurityAdmin);
    public static readonly Caller Head = Person("bureau-head", Facts.Bureau, Role.BureauHead);
    public static readonly Caller OtherHead = Person("bureau-head-2", Facts.Bureau, Role.BureauHead);

    private readonly ShareLab share;

    private IncidentLab(ShareLab share, IncidentSettings settings)
    {
        this.share = share;
        var node = new NodeSettings();
        EntryNamed entries = slug => slug == share.Entry.Slug ? share.Entry : null;
        var count = new IncidentCount(new Openings(share.Db, share.Evidence), entries, settings, share.Clock);
        Incidents = new Incidents(share.Db, share.Clock, share.Evidence, share.Directory, share.Rules, new Deadlines(share.Rules, share.Calendar), entries, share.Notices, count, settings, node);
        Alarms = new IncidentAlarms(Incidents, new Tongxiang.Catalog.Catalogue(share.Db), settings);
        Watch = new IncidentWatch(share.Db, share.Clock, Incidents, NullLogger<IncidentWatch>.Instance);
    }

    public Incidents Incidents { get; }
    public IncidentAlarms Alarms { get; }
    public IncidentWatch Watch { get; }
    public Db Db => share.Db;
    public RulePack Rules => share.Rules;
    public FakeTimeProvider Clock => share.Clock;
    public string Resource => share.Entry.Slug;

    public static async Task<IncidentLab> Open(Store store, IncidentSettings? settings = null, NoticeSettings? notices = null) =>
        new(await ShareLab.Open(store, settings: notices), settings ?? new IncidentSettings());

    public HandOpening Said(bool drill = false, string title = "人口信息被连续枚举查询") => new(title, [Resource], Clock.GetUtcNow(), Clock.GetUtcNow(), IsDrill: drill);

    public async Task<Incident> Opened(bool drill = false) => Good(await Incidents.OpenByHand(Security, Said(drill), default));

    /// <summary>As a fuse opens it: in a commit of somebody else.</summary>
    public async Task<Id<Incident>> Tripped(string cause, DateTimeOffset? cutAt = null)
    {
        var now = Clock.GetUtcNow();
        return await Db.Commit(tx => Incidents.Open(tx, new NewIncident("熔断：枚举", IncidentOrigin.Trip, cause, new IncidentScope([Resource]), now.AddHours(-1), now, now, ContainedAt: cutAt), Caller.Platform), default);
    }

    public async Task<IncidentView> View(Id<Incident> id, Caller? caller = null) => await Incidents.Find(caller ?? Security, id, default) ?? throw new InvalidOperationException("hidden");

    public async Task<IncidentClock?> ClockOf(Id<Incident> id, string rule) => (await View(id)).Clocks.FirstOrDefault(c => c.Rule == rule);

    /// <summary>A call as the gateway witnesses it, in the log and in its index.</summary>
    public async Task Called(int rows, string client = "client-1", string kind = "gateway.answered", string columns = "id_number,name", string? operative = "op-1", string? caseNumber = "DB1", Agency? agency = null)
    {
        var facts = new Dictionary<string, string> { ["resource"] = Resource, ["grant"] = "SQ-1", ["columns"] = columns, ["rows"] = $"{rows}" };
        if (operative is not null) facts["operator"] = operative;
        if (caseNumber is not null) facts["case"] = caseNumber;
        await share.Evidence.Witness(new Happening(kind, client, (agency ?? Facts.Civil).Id.ToString(), "grant:1", Clock.GetUtcNow(), facts) { Parties = [Facts.Police.Id.ToString()] }, default);
        using var sequencer = new Sequencer(share.Db, share.Evidence, share.Clock);
        await sequencer.Run(default);
    }

    public async Task Fill(Id<Incident> id, PaperKind kind)
    {
        var paper = await Incidents.Paper(Security, id, kind, Texts.Chinese, default);
        Good(await Incidents.Write(Security, id, kind, paper!.Missing.ToDictionary(l => l.Item.Key, l => "已由处置人员核实填写"), default));
    }

    public async Task<Incident> Submitted(Id<Incident> id, PaperKind kind)
    {
        await Fill(id, kind);
        return Good(await Incidents.Submit(Security, id, kind, new NewSubmission(ReportChannel.Hotline, "回执-001", Clock.GetUtcNow()), default));
    }

    public Task<IReadOnlyList<string>> Evidenced() => share.Evidenced();

    public Task<IReadOnlyList<(NoticeKind Kind, string To)>> Told() => share.Told();

    public ValueTask DisposeAsync() => share.DisposeAsync();

    private static Caller Person(string name, Agency agency, Role role)
    {
        var id = new Id<Person>(new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)));
        return new Caller(id.ToString(), id, null, agency.Id, agency.Kind, new HashSet<Role> { role }, name);
    }
}
