using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>Takes the demonstration's applications as far as they should be, step by step and each by its own person; an interrupted one goes on where it stands.</summary>
internal sealed class SeedGrants(Applications applications, Entries entries, Cast cast, Scale scale)
{
    /// <summary>Moves every application to its goal; the granted ones come back with what was granted.</summary>
    public async Task<IReadOnlyList<(Request Request, Application Application)>> Run(CancellationToken ct)
    {
        var done = new List<(Request, Application)>();
        foreach (var request in Requests.All) done.Add((request, await Bring(request, ct)));
        return done;
    }

    private async Task<Application> Bring(Request request, CancellationToken ct)
    {
        var applicant = cast.Of(request.Applicant);
        var entry = Must((await entries.BySlug(cast.Steward("police"), request.Resource, ct)), "resource " + request.Resource);
        var now = await Existing(applicant, entry.Id, ct) ?? Must(await applications.Draft(applicant, request.Lane, entry.Id, WishOf(request, entry), ct), "application for " + request.Resource);
        while (!request.IsReached(now.State))
        {
            var before = now.State;
            now = Must(await Step(request, applicant, entry, now, ct), $"application {now.Number} in {before}");
            if (now.State == before) throw new InvalidOperationException($"The demonstration's application {now.Number} does not leave {before}.");
        }
        return now;
    }

    private async Task<Application?> Existing(Caller applicant, Id<Entry> entry, CancellationToken ct)
    {
        string? after = null;
        do
        {
            var page = await applications.Mine(applicant, after, 200, ct);
            if (page.Items.FirstOrDefault(a => a.Entry == entry && a.Applicant == applicant.Person) is { } found) return found;
            after = page.Next;
        } while (after is not null);
        return null;
    }

    private Task<Outcome<Application>> Step(Request request, Caller applicant, Entry entry, Application now, CancellationToken ct)
    {
        var provider = Resources.Shelf.Find(request.Resource).Organisation;
        return now.State switch
        {
            ApplicationState.Draft when request.Lane == Lane.Opening => applications.Submit(applicant, now.Id, null, OpenUseAgreement.Current.Version, ct),
            ApplicationState.Draft => applications.Propose(applicant, now.Id, null, ct),
            ApplicationState.AwaitingOwnHead => applications.Agree(cast.Office(request.Organisation!), now.Id, null, ct),
            ApplicationState.Submitted => applications.ProposeReply(cast.Steward(provider), now.Id, null, Consent(now, cast.Agency(provider)), ct),
            ApplicationState.AwaitingProviderHead => applications.Sign(cast.Office(provider), now.Id, null, ct),
            _ => throw new InvalidOperationException($"The demonstration's application {now.Number} stands in {now.State}, which nobody foresaw."),
        };
    }

    private Wish WishOf(Request request, Entry entry) => new(
        request.Basis, request.Scenario, request.Matter, request.Purpose, request.Fields.Length > 0 ? request.Fields : [.. Grantable(request.Lane, entry)], "",
        [Mode.Api, .. request is { Resource: SeedBatches.Resource, Lane: Lane.Sharing } ? new[] { Mode.Batch } : [], .. request.Further], scale.Today.AddYears(1), new GrantLimits(null, [], 20_000, 200_000, 600), request.Lane == Lane.Opening ? "数据加密存放，仅项目组成员可访问，访问留痕，期满删除并提交删除证明。" : "", request.Lane == Lane.Opening);

    private static IEnumerable<string> Grantable(Lane lane, Entry entry) => entry.Content.Fields.Where(f => WishRules.IsGrantable(lane, entry, f)).Select(f => f.Name);

    private static Reply Consent(Application now, Agency provider) => new(
        true, null, "", [.. now.Wish.Fields.Select(Given)], "", null, null, false, Assurance.SignedAssertion, provider.Name + "数据共享工作机构");

    private static FieldDecision Given(string field) => field switch
    {
        "address" => new FieldDecision(field, FieldAnswer.Masked, null),
        // Who lives together can be told without anybody learning the number of the household register.
        "household_no" => new FieldDecision(field, FieldAnswer.Pseudonym, null) { Detail = Forms.Joinable },
        _ => new FieldDecision(field, FieldAnswer.Plain, null),
    };

    private static T Must<T>(Outcome<T> outcome, string what) => outcome.Refusal is { } refusal ? throw new RefusedException(what, refusal) : outcome.Value;
}
