using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A deputy to name.</summary>
public sealed record NewDeputy(Id<Person> Deputy, DateTimeOffset From, DateTimeOffset Until);

/// <summary>An address to push notices to.</summary>
public sealed record NewWebhook(string Url);

/// <summary>A new webhook with its secret, shown this once.</summary>
public sealed record WebhookMade(Webhook Webhook, string Secret);

/// <summary>A notice as it is read.</summary>
public sealed record NoticeView(Id<Notice> Id, NoticeKind Kind, string Text, Id<Application>? Application, DateTimeOffset At, bool IsRead, string? Link = null);

internal static class InboxRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/inbox").DisableAntiforgery().WithTags("share");
        api.MapGet("", (HttpContext http, Inbox door, CancellationToken ct) => SignedIn(http, async caller => TypedResults.Ok(await door.Of(caller, ct)))).WithName("share.inbox").Produces<InboxView>();
        api.MapGet("notices", (HttpContext http, Notices door, [FromQuery] int? limit, CancellationToken ct) => SignedIn(http, async caller =>
            TypedResults.Ok((await door.Of(caller, limit ?? 100, ct)).Select(n => new NoticeView(n.Id, n.Kind, n.Text(Texts.Parts, Language.Of(http.Request)), n.Application, n.At, n.IsRead, n.Link)))))
            .WithName("share.notices").Produces<IReadOnlyList<NoticeView>>();
        api.MapPost("notices/read", (HttpContext http, Notices door, CancellationToken ct) => SignedIn(http, async caller =>
        {
            await door.ReadAll(caller, ct);
            return TypedResults.NoContent();
        })).WithName("share.notices-read");
        api.MapGet("deputies", (HttpContext http, Deputies door, CancellationToken ct) => SignedIn(http, async caller => TypedResults.Ok(await door.OfAgency(caller, ct)))).WithName("share.deputies");
        api.MapPost("deputies", (NewDeputy wish, HttpContext http, Deputies door, CancellationToken ct) => SignedIn(http, async caller =>
            (await door.Appoint(caller, wish.Deputy, wish.From, wish.Until, ct)).Answer(d => TypedResults.Created($"/api/inbox/deputies/{d.Id}", d)))).WithIdempotency().WithName("share.deputy-appoint");
        api.MapDelete("deputies/{id}", (Id<Deputy> id, HttpContext http, Deputies door, CancellationToken ct) => SignedIn(http, async caller =>
            (await door.End(caller, id, ct)).Answer(_ => TypedResults.NoContent()))).WithName("share.deputy-end");
        api.MapGet("webhooks", (HttpContext http, Webhooks door, CancellationToken ct) => SignedIn(http, async caller => TypedResults.Ok(await door.Of(caller, ct)))).WithName("share.webhooks");
        api.MapPost("webhooks", (NewWebhook wish, HttpContext http, Webhooks door, CancellationToken ct) => SignedIn(http, async caller =>
            (await door.Add(caller, wish.Url, ct)).Answer(m => TypedResults.Created($"/api/inbox/webhooks/{m.Webhook.Id}", new WebhookMade(m.Webhook, m.Secret))))).WithIdempotency().WithName("share.webhook-add");
        api.MapDelete("webhooks/{id}", (Id<Webhook> id, HttpContext http, Webhooks door, CancellationToken ct) => SignedIn(http, async caller =>
            await door.Remove(caller, id, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent())).WithName("share.webhook-remove");
    }

    private static async Task<IResult> SignedIn(HttpContext http, Func<Caller, Task<IResult>> work) =>
        http.Caller() is { Person: not null } caller ? await work(caller) : new Refusal(401, "share.sign-in").ToProblem();
}
