using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The applicant's steps: draft, edit, hand over, agree and send, supplement, withdraw.</summary>
public sealed partial class Applications
{
    /// <summary>Starts an application; it may still be incomplete, but not for what can never be had.</summary>
    public async Task<Outcome<Application>> Draft(Caller caller, Lane lane, Id<Entry> entryId, Wish wish, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null }) return new Refusal(401, "share.sign-in");
        if (await entries(entryId, ct) is not { } entry || directory.Find(entry.Agency) is not { } provider) return Refusal.NotFound(entryId.ToString());
        var applicant = caller.Agency is { } id ? directory.Find(id) : null;
        if (!MayApply(caller, lane)) return Refusal.Forbidden("share.not-applicant");
        if (WishRules.May(lane, entry, provider, applicant) is { } refusal) return refusal;
        if (WishRules.CheckSize(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var at = clock.GetUtcNow();
        return await db.Commit(async tx =>
        {
            var draft = new Application(
                Id<Application>.New(clock), await Number(tx, lane == Lane.Sharing ? "GX" : "KF", at), lane, entry.Id, entry.Agency, caller.Agency, person,
                ApplicationState.Draft, wish, false, false, null, null, null, false, at, null, at, null, null);
            await ApplicationRows.Insert(tx, draft);
            var move = new Move(Step.Draft, ApplicationState.Draft, ApplicationState.Draft, false, null, [Side.Applicant]);
            var moment = new Moment(caller, new HashSet<Side> { Side.Applicant }, draft with { Revision = 0 }, entry, at, calendar.Current, move);
            var proof = await Witness(tx, moment, draft, null);
            await ApplicationRows.Record(tx, draft.Id, Taken(moment, draft, null, null, proof));
            await Changes.Record(tx, "application", draft.Id.ToString(), at);
            return draft;
        }, ct);
    }

    /// <summary>Replaces what is asked for, while it is a draft.</summary>
    public async Task<Outcome<Application>> Edit(Caller caller, Id<Application> id, long? seen, Wish wish, CancellationToken ct)
    {
        if (WishRules.CheckSize(wish) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        return await Take(caller, id, Step.Edit, seen, null, m => m.Now with { Wish = wish }, ct);
    }

    /// <summary>Sharing lane: hands the draft to the head of the own sharing office; everything must be in it (Order 809 art. 20).</summary>
    public Task<Outcome<Application>> Propose(Caller caller, Id<Application> id, long? seen, CancellationToken ct) =>
        Take(caller, id, Step.Propose, seen, null, m => Whole(m) ?? (Outcome<Application>)m.Now, ct);

    public Task<Outcome<Application>> SendBack(Caller caller, Id<Application> id, long? seen, string reason, CancellationToken ct) =>
        Take(caller, id, Step.SendBack, seen, reason, m => m.Now with { Reason = reason }, ct);

    /// <summary>Sharing lane: the own head agrees; the application is sent and the provider's clock starts.</summary>
    [Enforces(7, 8, 14)]
    public Task<Outcome<Application>> Agree(Caller caller, Id<Application> id, long? seen, CancellationToken ct) =>
        Take(caller, id, Step.Agree, seen, null, m => Whole(m) ?? (Outcome<Application>)Sent(m, WishRules.IsConditional(m.Entry, m.Now.Wish) ? Law.ReplyConditional : Law.ReplyUnconditional), ct);

    /// <summary>Opening lane: sends it with the version of the agreement that was accepted.</summary>
    public Task<Outcome<Application>> Submit(Caller caller, Id<Application> id, long? seen, string agreement, CancellationToken ct) =>
        Take(caller, id, Step.Submit, seen, null, m =>
        {
            if (agreement != OpenUseAgreement.Current.Version) return Refusal.Invalid(new FieldError("agreement", "share.field.agreement-unknown", agreement, OpenUseAgreement.Current.Version));
            return Whole(m) ?? (Outcome<Application>)(Sent(m, Law.OpeningReply) with { Agreement = agreement });
        }, ct, async (tx, m, next, _) =>
        {
            await OpenUseAgreement.Current.Keep(tx, m.At);
            return next;
        });

    /// <summary>Answers the supplement notice.</summary>
    public Task<Outcome<Application>> Supplement(Caller caller, Id<Application> id, long? seen, string text, Wish? wish, CancellationToken ct) =>
        Take(caller, id, Step.Supplement, seen, null, m =>
        {
            if (string.IsNullOrWhiteSpace(text)) return Refusal.Invalid(new FieldError("text", "kernel.required"));
            if (text.Length > 4000) return Refusal.Invalid(new FieldError("text", "kernel.too-long", 4000, text.Length));
            // Reasons may be supplied; the scope that was sent stays what the provider examines.
            var next = m.Now with { SupplementOpen = false, SupplementText = text, Wish = wish is null ? m.Now.Wish : wish with { Fields = m.Now.Wish.Fields, Rows = m.Now.Wish.Rows } };
            if (Whole(m with { Now = next }) is { } refusal) return refusal;
            return next with { Clock = next.Clock is { } c ? Timing.Resume(c, m.At, m.Calendar) : null };
        }, ct);

    public Task<Outcome<Application>> Withdraw(Caller caller, Id<Application> id, long? seen, string? reason, CancellationToken ct) =>
        Take(caller, id, Step.Withdraw, seen, reason, m => m.Now with { Reason = reason ?? m.Now.Reason }, ct);

    private Application Sent(Moment m, string rule) =>
        m.Now with { SubmittedAt = m.At, Reason = null, Clock = new Clock(rule, m.At, DaysOf(rule, m.Day), 0, 0, null) };

    private int DaysOf(string rule, DateOnly day) => rules.Find(rule, day).Value ?? throw new InvalidOperationException($"{rule} has no number.");

    private Refusal? Whole(Moment m)
    {
        var applicant = m.Now.ApplicantAgency is { } id ? directory.Find(id) : null;
        if (directory.Find(m.Now.Provider) is not { } provider) return Refusal.NotFound(m.Now.Provider.ToString());
        if (WishRules.May(m.Now.Lane, m.Entry, provider, applicant) is { } refusal) return refusal;
        var errors = WishRules.Check(m.Now.Lane, m.Now.Wish, m.Entry, m.Day);
        return errors.Count == 0 ? null : Refusal.Invalid([.. errors]) with { Article = ReplyRules.ArticleOf(m.Now, 20) };
    }

    private static bool MayApply(Caller caller, Lane lane) => lane == Lane.Sharing
        ? !caller.IsGovernment || caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) || caller.Has(Role.Operative)
        : caller.IsGovernment || caller.Has(Role.CompanyUser) || caller.Has(Role.Citizen);

    internal static async Task<string> Number(Tx tx, string prefix, DateTimeOffset at)
    {
        var day = WorkCalendar.Day(at).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var number = await tx.Next($"share:{prefix}{day}");
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{day}-{number:0000}");
    }
}
