using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Server.Demo;
using Tongxiang.Share;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Journeys;

/// <summary>The fictional province with a clock that a test moves: its people act through the front doors on the days the plan says.</summary>
internal sealed class SimulatedYear : IAsyncDisposable
{
    private static readonly string[] Consumers = ["civil-affairs", "human-resources", "housing", "education", "health", "transport"];

    private readonly Dictionary<int, Application> applications = [];
    private readonly Dictionary<int, Correction> corrections = [];
    private readonly Dictionary<int, Dispute> disputes = [];
    private readonly List<Entry> resources;

    private SimulatedYear(NodeLab node, ShiftedTime clock, List<Entry> resources, IReadOnlyList<YearCase> cases) =>
        (Node, Clock, this.resources, Cases) = (node, clock, resources, cases);

    public NodeLab Node { get; }
    public ShiftedTime Clock { get; }
    public IReadOnlyList<YearCase> Cases { get; }
    public DateOnly Today => WorkCalendar.Day(Clock.GetUtcNow());

    public Application Of(YearCase of) => applications[of.Number];

    /// <summary>The correction that the consumer of this case asked for; null when none.</summary>
    public Correction? CorrectionOf(YearCase of) => corrections.GetValueOrDefault(of.Number);

    /// <summary>The dispute over the refusal of this case; null when none.</summary>
    public async Task<Dispute?> DisputeOf(YearCase of) =>
        disputes.TryGetValue(of.Number, out var known) ? (await Node.Get<Disputes>().Find(Of(Head(Consumers[of.Consumer])), known.Id, default))!.Dispute : null;

    public static async Task<SimulatedYear> Open(Store store, int seed)
    {
        var clock = new ShiftedTime(Morning(WorkingYear.First));
        var node = await NodeLab.Start(store, services => services.AddSingleton<TimeProvider>(clock), people: 200);
        var all = node.Get<Catalogue>().All.Where(e => e.Content.Sharing.Class != ShareClass.Withheld && IsProvider(Slug(node, e.Agency)) && Wished(e).Count > 0).OrderBy(e => e.Slug, StringComparer.Ordinal).ToList();
        var unconditional = all.Where(e => !WishRules.IsConditional(e, Wish(e))).Take(6);
        var resources = unconditional.Concat(all.Where(e => WishRules.IsConditional(e, Wish(e))).Take(18)).ToList();
        var cases = WorkingYear.Plan(seed, resources.Count, Consumers.Length, i => WishRules.IsConditional(resources[i], Wish(resources[i])));
        return new SimulatedYear(node, clock, resources, cases);
    }

    /// <summary>Lives the year to its last day, day by day.</summary>
    public async Task Live(Func<DateOnly, Task>? eachDay = null)
    {
        for (var day = WorkingYear.First; day <= WorkingYear.Last; day = day.AddDays(1))
        {
            Clock.Move(Morning(day));
            // What ran out at midnight is noticed before anybody comes to work.
            await Node.Get<ClockWatch>().Run(default);
            if (WorkingYear.IsWorking(day))
                foreach (var one in Cases) await Act(one, day);
            if (eachDay is not null) await eachDay(day);
        }
    }

    public Caller Of(string user) => Node.Get<Tongxiang.Agencies.Directory>().People.Single(p => p.UserName == user) is var person ? Caller.Of(person, Node.Get<Tongxiang.Agencies.Directory>()) : null!;

    public async Task<HttpClient> SignIn(string user)
    {
        using var manifest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Node.Root, "data", "demo.json")));
        var password = manifest.RootElement.GetProperty("persons").EnumerateArray().Single(p => p.GetProperty("user").GetString() == user).GetProperty("password").GetString();
        var session = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Node.Http.BaseAddress };
        using var answer = await session.PostAsJsonAsync("/api/session", new { user, password });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return session;
    }

    public async Task<Application> Now(YearCase of) => (await Node.Get<Applications>().Find(Caller.Platform, Of(of).Id, default))!;

    public Entry Resource(YearCase of) => resources[of.Resource];

    public string Provider(YearCase of) => Slug(Node, Resource(of).Agency);

    public static T Good<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } r
        ? throw new InvalidOperationException($"{what}: {r.Code} {string.Join(' ', r.Args)} {string.Join("; ", r.Fields.Select(f => $"{f.Field} {f.Key}"))}")
        : outcome.Value;

    public async ValueTask DisposeAsync() => await Node.DisposeAsync();

    private async Task Act(YearCase c, DateOnly day)
    {
        var door = Node.Get<Applications>();
        if (day == c.Filed) await Send(c, door);
        if (!applications.TryGetValue(c.Number, out var application)) return;
        var (steward, head) = (Of(Provider(c) + ".steward"), Of(Head(Provider(c))));
        if (c.Extension > 0 && day == WorkingYear.After(c.Filed, 1))
        {
            Good(await door.AskExtension(steward, application.Id, null, c.Extension, "数据需要从三个系统归并", default), $"extension of {c.Number}");
            Good(await door.AgreeExtension(Of("bureau.reviewer"), application.Id, null, default), $"consent to the extension of {c.Number}");
        }
        if (c.HasSupplement && day == WorkingYear.After(c.Filed, 2)) Good(await door.AskSupplement(steward, application.Id, null, ["职责依据的条款页"], default), $"supplement of {c.Number}");
        if (c.HasSupplement && day == WorkingYear.After(c.Filed, 3)) Good(await door.Supplement(Of(Consumers[c.Consumer] + ".steward"), application.Id, null, "已补充", null, default), $"answer of {c.Number}");
        if (day == c.Replied)
        {
            Good(await door.ProposeReply(steward, application.Id, null, Reply(c, application), default), $"reply of {c.Number}");
            applications[c.Number] = Good(await door.Sign(head, application.Id, null, default), $"signature of {c.Number}");
        }
        if (day == c.Delivered) await door.Delivered(applications[c.Number].Grant!.Value, Mode.Api, default);
        if (day == c.Reported) await Report(c);
        if (day == c.Corrected) await Correct(c, steward);
        await Argue(c, day);
    }

    // Order 809 art. 28: the two negotiate; what they do not settle the bureau coordinates.
    private async Task Argue(YearCase c, DateOnly day)
    {
        var (door, consumer, provider) = (Node.Get<Disputes>(), Of(Head(Consumers[c.Consumer])), Of(Head(Provider(c))));
        if (day == c.Disputed)
        {
            var said = new NewDispute(Resource(c).Agency, DisputeAbout.Refusal, Resource(c).Id, applications[c.Number].Number, "对不予共享答复的争议", "我单位办理该事项确需这些数据项，对方答复未列明具体依据。");
            disputes[c.Number] = Good(await door.Open(consumer, said, default), $"dispute of {c.Number}");
        }
        if (day == c.Referred) await Take(consumer, DisputeStep.Escalate, "协商未能一致，提请协调");
        if (day != c.Settled) return;
        if (c.IsReferred) await Take(Of("bureau.reviewer"), DisputeStep.Coordinate, "经协调，双方同意缩小数据项后重新申请");
        else
        {
            await Take(provider, DisputeStep.Offer, "缩小数据项后可以重新申请");
            await Take(consumer, DisputeStep.Accept, "同意");
        }

        async Task Take(Caller by, DisputeStep step, string words) =>
            disputes[c.Number] = Good(await door.Take(by, disputes[c.Number].Id, step, null, words, null, null, default), $"{step} of {c.Number}");
    }

    // A field of what was delivered is wrong in general; no record is named.
    private async Task Report(YearCase c)
    {
        var said = new NewCorrection(applications[c.Number].Grant!.Value, new Dictionary<string, string>(), [Wished(Resource(c))[0]], "口径与业务系统不一致", "", "");
        corrections[c.Number] = Good(await Node.Get<Corrections>().Report(Of(Consumers[c.Consumer] + ".steward"), said, default), $"correction of {c.Number}");
    }

    private async Task Correct(YearCase c, Caller steward)
    {
        var door = Node.Get<Corrections>();
        Assert.Equal("share.correction-no-extension", (await door.Extend(steward, corrections[c.Number].Id, default)).Code);
        corrections[c.Number] = Good(
            c.Number % 3 == 0 ? await door.FindCorrect(steward, corrections[c.Number].Id, null, "经核实，两处口径一致，无需更正", default) : await door.Correct(steward, corrections[c.Number].Id, null, "经核实确有误，已在业务系统更正", null, default), $"result of {c.Number}");
    }

    private async Task Send(YearCase c, Applications door)
    {
        var (steward, office) = (Of(Consumers[c.Consumer] + ".steward"), Of(Head(Consumers[c.Consumer])));
        var draft = Good(await door.Draft(steward, Lane.Sharing, Resource(c).Id, Wish(Resource(c)), default), $"draft of {c.Number} for {Resource(c).Slug}");
        Good(await door.Propose(steward, draft.Id, null, default), $"proposal of {c.Number}");
        applications[c.Number] = Good(await door.Agree(office, draft.Id, null, default), $"agreement of {c.Number}");
    }

    private static Reply Reply(YearCase c, Application application) => c.IsConsent
        ? new Reply(true, null, "", [.. application.Wish.Fields.Select(f => new FieldDecision(f, FieldAnswer.Masked, null))], "", null, null, false, Assurance.BoundToken, "数据共享工作机构")
        : new Reply(false, RefusalGround.ScopeExceedsPurpose, "申请的范围超出办理该事项所需", [], "", null, null, false, Assurance.BoundToken, "数据共享工作机构");

    private static Wish Wish(Entry entry) => new(
        "《社会救助暂行办法》第五十八条", "核对申请家庭的情况", "最低生活保障审核确认", "核对申请家庭的情况", Wished(entry), "", [Mode.Api], new DateOnly(2027, 6, 30), new GrantLimits(null, [], 20_000, 200_000, 600), "", false);

    private static IReadOnlyList<string> Wished(Entry entry) => [.. entry.Content.Fields.Where(f => WishRules.IsGrantable(Lane.Sharing, entry, f) && f.Grade <= Grade.General3).Take(3).Select(f => f.Name)];

    private static bool IsProvider(string organisation) => !Consumers.Contains(organisation) && Organisations.All.First(o => o.Slug == organisation).Kind is AgencyKind.Department or AgencyKind.PublicBody;

    private static string Head(string organisation) => organisation + (Organisations.All.First(o => o.Slug == organisation).IsMain ? ".office" : ".head");

    private static string Slug(NodeLab node, Id<Agency> agency) => node.Get<Tongxiang.Agencies.Directory>().Find(agency)!.Slug;

    private static DateTimeOffset Morning(DateOnly day) => new(day.ToDateTime(new TimeOnly(9, 30)), WorkCalendar.Offset);
}
