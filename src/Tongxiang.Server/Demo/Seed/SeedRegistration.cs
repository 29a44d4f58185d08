using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Products;
using Tongxiang.Server.Demo.Resources;

namespace Tongxiang.Server.Demo.Seed;

/// <summary>One registration with its code, one in public notice, and a contract of authorised operation on both; each step is taken by the one whose step it is, on the day on which it would have been.</summary>
internal sealed class SeedRegistration(IServiceProvider services, Contracts contracts, Catalogue catalogue, Cast cast, TimeProvider clock)
{
    private const string Registered = "bus-stops";
    private const string Noticed = "air-quality";
    private static readonly TimeSpan Before = TimeSpan.FromDays(75);

    public async Task Run(CancellationToken ct)
    {
        await Walk(Registered, RegistrationState.Issued, clock.GetUtcNow() - Before, ct);
        await Walk(Noticed, RegistrationState.Noticed, clock.GetUtcNow().AddDays(-2), ct);
        await Contract(ct);
    }

    private async Task Walk(string slug, RegistrationState to, DateTimeOffset start, CancellationToken ct)
    {
        var entry = catalogue.BySlug(slug) ?? throw new InvalidOperationException($"'{slug}' is not published.");
        var then = new Then(start);
        var door = ActivatorUtilities.CreateInstance<Registrations>(services, then);
        var (steward, reviewer) = (cast.Steward(Shelf.Find(slug).Organisation), cast.Reviewer);
        // A first start that was interrupted goes on with the case it had begun.
        var now = (await door.List(steward, ct)).FirstOrDefault(r => r.Entry == entry.Id) ?? Must(await door.Begin(steward, new NewRegistration(entry.Id, RegistrationKind.First), ct));
        while (now.State != to)
        {
            then.Reach(now.State == RegistrationState.Noticed ? now.NoticeUntil!.Value.AddHours(10) : now.ChangedAt.AddHours(20));
            now = now.State switch
            {
                RegistrationState.Draft => Must(await door.Take(steward, now.Id, now.Revision, RegistrationState.Applied, "", ct)),
                RegistrationState.Applied => Must(await door.Take(reviewer, now.Id, now.Revision, RegistrationState.Accepted, "材料齐全，予以受理。", ct)),
                RegistrationState.Accepted => Must(await door.Take(reviewer, now.Id, now.Revision, RegistrationState.Noticed, "形式审核通过。", ct)),
                RegistrationState.Noticed => Must(await door.Take(reviewer, now.Id, now.Revision, RegistrationState.Issued, "公示期满无异议。", ct)),
                _ => throw new InvalidOperationException($"The demonstration's registration of '{slug}' is {now.State}."),
            };
        }
    }

    private async Task Contract(CancellationToken ct)
    {
        var reviewer = cast.Reviewer;
        if ((await contracts.List(reviewer, ct)).Count > 0) return;
        var (stops, air) = (catalogue.BySlug(Registered)!, catalogue.BySlug(Noticed)!);
        var today = WorkCalendar.Day(clock.GetUtcNow());
        var made = Must(await contracts.Make(reviewer, new NewContract(
            "出行服务公共数据授权运营协议", cast.Agency(Shelf.Find(Registered).Organisation).Id, cast.Agency(Organisations.Company).Id, today, today.AddYears(3),
            "面向公众提供到站预测、绿色出行建议；原始数据不出域。", 600_000_00, [stops.Id, air.Id]), ct));
        made = Must(await contracts.Deliver(reviewer, made.Id, made.Revision, stops.Id, ct));
        made = Must(await contracts.Complete(reviewer, made.Id, made.Revision, stops.Id, ct));
        Must(await contracts.AddProduct(reviewer, made.Id, made.Revision, "到站预测接口", ProductKind.Service, ct));
    }

    private static T Must<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? throw new RefusedException("registration", refusal) : outcome.Value;

    /// <summary>The days on which the story took place; it never goes back.</summary>
    private sealed class Then(DateTimeOffset start) : TimeProvider
    {
        private DateTimeOffset at = start;

        public void Reach(DateTimeOffset later) => at = later > at ? later : at;

        public override DateTimeOffset GetUtcNow() => at;
    }
}
