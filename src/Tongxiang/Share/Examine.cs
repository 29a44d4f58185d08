using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The provider's steps: one supplement notice, one extension, a reply that is proposed and signed.</summary>
public sealed partial class Applications
{
    private const string PauseSwitch = "SW-PAUSE-ON-SUPPLEMENT";

    /// <summary>Tells the applicant once and completely what is missing. The clock goes on unless the rule pack pauses it.</summary>
    [Enforces(10)]
    public Task<Outcome<Application>> AskSupplement(Caller caller, Id<Application> id, long? seen, IReadOnlyList<string> missing, CancellationToken ct) =>
        Take(caller, id, Step.AskSupplement, seen, string.Join('\n', missing), m =>
        {
            // Order 809 art. 21: told once, completely.
            if (m.Now.SupplementUsed) return Refusal.Conflict("share.one-supplement", m.Now.Number) with { Article = m.Move.Article };
            if (ReplyRules.Missing(missing) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
            var pauses = rules.TryFind(PauseSwitch, m.Day)?.Value == 1;
            var running = m.Now.Clock is { } c && pauses ? Timing.Pause(c, m.At) : m.Now.Clock;
            return m.Now with { SupplementUsed = true, SupplementOpen = true, Missing = missing, Clock = running };
        }, ct);

    [Enforces(8)]
    public Task<Outcome<Application>> AskExtension(Caller caller, Id<Application> id, long? seen, int days, string reason, CancellationToken ct) =>
        Take(caller, id, Step.AskExtension, seen, reason, m =>
        {
            if (m.Now.ExtensionUsed) return Refusal.Conflict("share.one-extension", m.Now.Number) with { Article = m.Move.Article };
            var most = m.Now.Clock is { } running ? rules.TryFind(running.Rule + "-EXT", m.Day)?.Value ?? 0 : 0;
            if (most == 0) return Refusal.Conflict("share.no-extension", m.Now.Clock?.Rule) with { Article = m.Move.Article };
            if (days < 1 || days > most) return Refusal.Invalid(new FieldError("days", "share.field.extension", days, most));
            return m.Now with { ExtensionUsed = true, ExtensionDays = days };
        }, ct);

    /// <summary>The extension takes effect with this commit, which also holds the notice to the applicant (Order 809 art. 21).</summary>
    [Enforces(9)]
    public Task<Outcome<Application>> AgreeExtension(Caller caller, Id<Application> id, long? seen, CancellationToken ct) =>
        Take(caller, id, Step.AgreeExtension, seen, null, m => m.Now with { Clock = m.Now.Clock is { } c ? c with { Extra = c.Extra + (m.Now.ExtensionDays ?? 0) } : null }, ct);

    public Task<Outcome<Application>> DenyExtension(Caller caller, Id<Application> id, long? seen, string reason, CancellationToken ct) =>
        Take(caller, id, Step.DenyExtension, seen, reason, m => m.Now with { ExtensionDays = null }, ct);

    /// <summary>Lays a reply before the head of the provider's sharing office.</summary>
    public Task<Outcome<Application>> ProposeReply(Caller caller, Id<Application> id, long? seen, Reply reply, CancellationToken ct) =>
        Take(caller, id, Step.ProposeReply, seen, reply.IsConsent ? null : reply.Reason, m => Stands(m, reply) ?? (Outcome<Application>)(m.Now with { Reply = reply with { Standing = null }, Proposer = caller.Person }), ct);

    public Task<Outcome<Application>> ReturnReply(Caller caller, Id<Application> id, long? seen, string reason, CancellationToken ct) =>
        Take(caller, id, Step.ReturnReply, seen, reason, m => m.Now with { Proposer = null }, ct);

    /// <summary>Signs the reply on the table: consent issues the grant and starts the delivery clock, refusal carries ground and reason to all sides.</summary>
    [Enforces(11)]
    public async Task<Outcome<Application>> Sign(Caller caller, Id<Application> id, long? seen, CancellationToken ct)
    {
        var now = await Find(caller, id, ct);
        if (now is null) return Refusal.NotFound(id.ToString());
        if (now.Reply is not { } reply || now.State != ApplicationState.AwaitingProviderHead)
            return seen is { } revision && revision != now.Revision ? await Decided(now, ct) : Refusal.Conflict("share.wrong-state", now.Number, Say.Step(Step.Consent), Say.State(now.State));
        // The reply may have been replaced since the head read it.
        seen ??= now.Revision;
        return reply.IsConsent ? await SignConsent(caller, id, seen, ct) : await Take(caller, id, Step.Refuse, seen, reply.Reason, Refused, ct);
    }

    private Task<Outcome<Application>> SignConsent(Caller caller, Id<Application> id, long? seen, CancellationToken ct) =>
        Take(caller, id, Step.Consent, seen, null, m =>
        {
            if (Stands(m, m.Now.Reply!) is { } refusal) return refusal;
            var rule = m.Now.Lane == Lane.Sharing ? Law.Delivery : Law.OpeningDelivery;
            return m.Now with { Clock = new Clock(rule, m.At, DaysOf(rule, m.Day), 0, 0, null) };
        }, ct, async (tx, m, next, proof) =>
        {
            var ownSignOff = await tx.One(
                $"select evidence from share_step where application = {next.Id} and step in {new[] { Step.Agree, Step.Submit }} order by number desc limit 1", r => r.GetString(0));
            if (combining is not null) await combining.Guard(tx, next, m.Entry, next.Reply!);
            var grant = await grants.Issue(tx, next, m.Entry, ownSignOff!, proof, caller, m.At);
            return next with { Grant = grant.Id };
        });

    private Outcome<Application> Refused(Moment m) =>
        Stands(m, m.Now.Reply!) ?? (Outcome<Application>)(m.Now with { Reason = m.Now.Reply!.Reason });

    private Refusal? Stands(Moment m, Reply reply)
    {
        if (ReplyRules.May(m.Now, reply) is { } refusal) return refusal;
        var errors = ReplyRules.Check(m.Now, m.Entry, reply, floors);
        return errors.Count == 0 ? null : Refusal.Invalid([.. errors]) with { Article = reply.IsConsent ? null : ReplyRules.ArticleOf(m.Now, 21) };
    }
}
