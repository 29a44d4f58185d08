using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Something both sides have signed already, on the way to its grant: by preparation for an emergency, or by the duty of return flow.</summary>
/// <param name="OwnProof">Evidence of the consumer's sign-off.</param>
/// <param name="ProviderProof">Evidence of the provider's.</param>
/// <param name="Why">The number that says under what it was switched on.</param>
internal sealed record Settled(
    Entry Entry, Id<Agency> Consumer, Id<Person> Applicant, Wish Wish, Reply Reply, string OwnProof, string ProviderProof, string Why, string Article, GrantOrigin Origin);

/// <summary>Makes applications whose sign-offs were given before: they enter in delivery, with grant, evidence and all later steps as any other.</summary>
public sealed partial class Applications
{
    /// <summary>Within the caller's commit; refused when entry, fields, forms or combined grade no longer permit it.</summary>
    internal async Task<Outcome<Application>> Settle(Tx tx, Settled settled, DateTimeOffset at)
    {
        var (entry, reply) = (settled.Entry, settled.Reply);
        if (!entry.IsPublished || directory.Find(entry.Agency) is not { } provider || directory.Find(settled.Consumer) is not { } consumer) return Refusal.NotFound(entry.Slug);
        if (WishRules.May(Lane.Sharing, entry, provider, consumer) is { } not) return not;
        var draft = new Application(
            Id<Application>.New(clock), await Number(tx, "GX", at), Lane.Sharing, entry.Id, entry.Agency, settled.Consumer, settled.Applicant, ApplicationState.Draft, settled.Wish, false, false, null, null, null, false, at, null, at, null, null);
        var next = draft with { State = ApplicationState.Delivering, Revision = 2, SubmittedAt = at, Reply = reply };
        if (ReplyRules.Check(next, entry, reply, floors) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (combining is not null)
        {
            try
            {
                await combining.Guard(tx, next, entry, reply);
            }
            catch (Abandoned e)
            {
                return e.Refusal;
            }
        }
        await ApplicationRows.Insert(tx, draft);
        await ApplicationRows.Save(tx, next);
        var move = new Move(Step.Consent, ApplicationState.Draft, ApplicationState.Delivering, false, settled.Article, [Side.Platform]);
        var moment = new Moment(Caller.Platform, new HashSet<Side> { Side.Platform }, draft, entry, at, calendar.Current, move);
        var proof = await Witness(tx, moment, next, settled.Why);
        await ApplicationRows.Record(tx, next.Id, Taken(moment, next, settled.Why, null, proof));
        var grant = await grants.Issue(tx, next, entry, settled.OwnProof, settled.ProviderProof, Caller.Platform, at, settled.Origin);
        await tx.Run($"update share_application set grant_id = {grant.Id} where id = {next.Id}");
        await notices.Tell(tx, NoticeRules.For(Step.Consent, next, BureauOf(next)), next, entry, at);
        await Changes.Record(tx, "application", next.Id.ToString(), at);
        return next with { Grant = grant.Id };
    }

    /// <summary>The platform ends what has no ground any more; safe to repeat.</summary>
    internal Task<Outcome<Application>> EndBy(Id<Application> id, string reason, CancellationToken ct) => End(Caller.Platform, id, null, EndGround.Expired, reason, null, ct);
}
