using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Share;

/// <summary>The front doors of Share over one store, with the agencies and people of <see cref="Facts"/> and one entry.</summary>
internal sealed class ShareLab : IAsyncDisposable
{
    private readonly StoreLab lab;

    private ShareLab(StoreLab lab, NoticeSettings settings)
    {
        this.lab = lab;
        Settings = settings;
        Evidence = new EvidenceLog(lab.Db, lab.Home, lab.Key, lab.Settings, lab.Clock);
        Directory = new Tongxiang.Agencies.Directory(lab.Db);
        Rules = new RulePack(lab.Db, lab.Clock, Evidence, lab.Settings);
        Calendar = new Calendar(lab.Db, lab.Clock, Evidence);
        Key = GrantKey.Of(lab.Home, lab.Key);
        EntrySource entries = (id, _) => ValueTask.FromResult(id == Entry.Id ? Entry : More.FirstOrDefault(e => e.Id == id));
        Deputies = new Deputies(lab.Db, lab.Clock, Evidence, Directory);
        Grants = NewGrants();
        Notices = new Notices(lab.Db, lab.Clock, Directory, settings);
        Webhooks = new Webhooks(lab.Db, lab.Clock, Evidence, lab.Key, settings);
        Combining = new Combining(lab.Db, lab.Clock, Evidence, Directory, entries);
        Changes = new ServiceChanges(lab.Db, lab.Clock, Evidence, Directory, entries, Notices, Deputies);
        Applications = new Applications(lab.Db, lab.Clock, Evidence, Directory, Rules, Calendar, entries, Grants, Notices, Deputies, combining: Combining, changes: Changes);
        Standing = new StandingConsents(lab.Db, lab.Clock, Evidence, Directory, entries, Deputies, Applications, Notices);
        Answers = new StandingAnswers(lab.Db, lab.Clock, Directory, entries, Applications);
        Onward = new OnwardRequests(lab.Db, lab.Clock, Evidence, Directory, Grants, Deputies, Notices);
        Prepared = new PreparedGrants(lab.Db, lab.Clock, Evidence, Directory, entries, Deputies, Notices);
        var ledger = new UseLedger(new Openings(lab.Db, Evidence), Grants);
        Emergencies = new Emergencies(
            lab.Db, lab.Clock, Evidence, Directory, entries, Applications, Grants, ledger, new UseNotes(lab.Db, lab.Clock, Evidence, Grants), Notices, NullLogger<Emergencies>.Instance);
        Returns = new ReturnFlows(lab.Db, lab.Clock, Evidence, Directory, entries, Deputies, Applications, Grants, Notices);
        Inbox = new Inbox(lab.Db, lab.Clock, Calendar, Directory, Applications, Deputies, entries, (_, _) => Task.FromResult<IReadOnlyList<Entry>>([]));
        Watch = new ClockWatch(lab.Db, lab.Clock, Calendar, Applications, Notices, entries);
        Moves = new ClockMoves(
            lab.Db, lab.Clock, Evidence, new Deadlines(Rules, Calendar), Rules, Calendar, Directory, [new OpenClocks(ApplicationClocks.Kind, new ApplicationClocks(lab.Db, entries).Shifts)]);
    }

    public NoticeSettings Settings { get; }
    public EvidenceLog Evidence { get; }
    public Tongxiang.Agencies.Directory Directory { get; }
    public RulePack Rules { get; }
    public Calendar Calendar { get; }
    public GrantKey Key { get; }
    public Deputies Deputies { get; }
    public Grants Grants { get; }
    public Notices Notices { get; }
    public Webhooks Webhooks { get; }
    public Combining Combining { get; }
    public ServiceChanges Changes { get; }
    public Applications Applications { get; }
    public StandingConsents Standing { get; }
    public StandingAnswers Answers { get; }
    public OnwardRequests Onward { get; }
    public PreparedGrants Prepared { get; }
    public Emergencies Emergencies { get; }
    public ReturnFlows Returns { get; }
    public Inbox Inbox { get; }
    public ClockWatch Watch { get; }
    public ClockMoves Moves { get; }
    public Entry Entry { get; set; } = Facts.Entry();

    /// <summary>Further resources of the catalogue.</summary>
    public List<Entry> More { get; } = [];

    public FakeTimeProvider Clock => lab.Clock;
    public Db Db => lab.Db;
    public NodeKey NodeKey => lab.Key;

    public static async Task<ShareLab> Open(Store store, string at = "2026-02-12", NoticeSettings? settings = null)
    {
        var lab = await StoreLab.Open(store);
        lab.Clock.AdjustTime(Facts.At(at));
        var share = new ShareLab(lab, settings ?? new NoticeSettings());
        var roster = new Roster(lab.Db, lab.Clock, share.Evidence, share.Directory);
        foreach (var agency in new[] { Facts.Bureau, Facts.Police, Facts.Civil, Facts.Health, Facts.Company })
            Assert.False((await roster.Add(Caller.Platform, agency with { CreditCode = "91350100M000100Y43", Name = "单位" + agency.Slug, NameEn = "Agency " + agency.Slug }, default)).IsRefused);
        foreach (var person in new[] { Facts.PoliceSteward, Facts.PoliceHead, Facts.PoliceOther, Facts.CivilSteward, Facts.CivilHead, Facts.HealthSteward, Facts.Reviewer, Facts.CompanyPerson, Facts.Citizen })
            await share.Enrol(person);
        await Offices.Fill(lab.Db, share.Directory, lab.Clock);
        return share;
    }

    /// <summary>Grants as another copy of the node would hold them.</summary>
    public Grants NewGrants() => new(lab.Db, lab.Clock, Evidence, Directory, Key, lab.Settings, NullLogger<Grants>.Instance);

    public void SetDay(string day) => Clock.AdjustTime(Facts.At(day));

    /// <summary>A draft, agreed and sent on the day the clock stands at.</summary>
    public async Task<Application> Sent(Wish? wish = null)
    {
        var draft = Good(await Applications.Draft(Facts.CivilSteward, Lane.Sharing, Entry.Id, wish ?? Facts.Wish(), default));
        Good(await Applications.Propose(Facts.CivilSteward, draft.Id, null, default));
        return Good(await Applications.Agree(Facts.CivilHead, draft.Id, null, default));
    }

    /// <summary>Consented to and signed.</summary>
    public async Task<Application> Consented(Reply? reply = null, Wish? wish = null)
    {
        var sent = await Sent(wish);
        Good(await Applications.ProposeReply(Facts.PoliceSteward, sent.Id, null, reply ?? Facts.Consent(), default));
        return Good(await Applications.Sign(Facts.PoliceHead, sent.Id, null, default));
    }

    public async Task<Application> SentForOpening(Caller? who = null)
    {
        var by = who ?? Facts.CompanyPerson;
        var draft = Good(await Applications.Draft(by, Lane.Opening, Entry.Id, Facts.Wish() with { Basis = "", Scenario = "" }, default));
        return Good(await Applications.Submit(by, draft.Id, null, OpenUseAgreement.Current.Version, default));
    }

    public static T Good<T>(Outcome<T> outcome)
    {
        Assert.True(!outcome.IsRefused, outcome.Refusal is { } r ? $"{r.Code}: {string.Join("; ", r.Fields.Select(f => $"{f.Field} {f.Key}"))}" : "");
        return outcome.Value;
    }

    public static void Refuses<T>(string code, Outcome<T> outcome) => Assert.Equal(code, outcome.Refusal?.Code);

    public async Task<IReadOnlyList<string>> Evidenced() => await lab.Db.List($"select record from evidence_outbox order by id", r => r.GetString(0), default);

    public async Task<IReadOnlyList<(NoticeKind Kind, string To)>> Told() => await lab.Db.List(
        $"select kind, to_person, to_agency, to_role from share_notice order by at, id",
        r => (r.Kind<NoticeKind>(0), r.TextOrNull(1) is { } person ? Directory.Person(Id<Person>.Parse(person, null))!.UserName : $"{Directory.Find(r.Id<Agency>(2))!.Slug} {r.GetString(3)}"), default);

    public async ValueTask DisposeAsync()
    {
        Grants.Dispose();
        await Evidence.DisposeAsync();
        await lab.DisposeAsync();
    }

    private async Task Enrol(Caller person)
    {
        var now = Clock.GetUtcNow();
        await lab.Db.Run(
            $"""
            insert into agencies_person (id, user_name, normal_name, name, agency, email, security_stamp, created_at)
            values ({person.Person}, {person.Name}, {person.Name}, {person.Name}, {person.Agency}, {person.Name + "@people.example"}, {"s"}, {now})
            """, default);
        foreach (var role in person.Roles) await lab.Db.Run($"insert into agencies_role (person, role, given_by, given_at) values ({person.Person}, {role}, {"system"}, {now})", default);
    }
}
