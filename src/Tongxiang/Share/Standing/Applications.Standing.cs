using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The reply that a standing consent gives: the same step, checks and grant as by hand, with the head's signature under the rule.</summary>
public sealed partial class Applications
{
    /// <param name="seen">The revision that was found to lie within the rule.</param>
    internal Task<Outcome<Application>> AnswerByStanding(Id<Application> id, long seen, StandingConsent by, CancellationToken ct) =>
        Take(Caller.Platform, id, Step.Consent, seen, by.Number, m =>
        {
            var reply = StandingRules.ReplyOf(by.Rule, m.Now.Wish) with { Standing = new StandingReference(by.Number, by.Proof!) };
            if (Stands(m, reply) is { } refusal) return refusal;
            return m.Now with { Reply = reply, Proposer = by.DraftedBy, Clock = new Clock(Law.Delivery, m.At, DaysOf(Law.Delivery, m.Day), 0, 0, null) };
        }, ct, async (tx, m, next, _) =>
        {
            // Holds the consent until this commit stands: one that is revoked first answers nothing any more.
            if (await tx.Run($"update share_standing set answers = answers + 1 where id = {by.Id} and state = {StandingState.Signed} and revision = {by.Revision} and until_at > {m.At}") == 0)
                throw new Abandoned(Refusal.Conflict("share.standing-over", by.Number));
            if (combining is not null) await combining.Guard(tx, next, m.Entry, next.Reply!);
            var ownSignOff = await tx.One($"select evidence from share_step where application = {id} and step = {Step.Agree} order by number desc limit 1", r => r.GetString(0));
            var grant = await grants.Issue(tx, next, m.Entry, ownSignOff!, by.Proof!, m.Caller, m.At);
            var isSampled = StandingRules.IsSampled(by.Id, id, by.Rule.OneIn);
            await tx.Run($"insert into share_standing_use (application, standing, at, is_sampled) values ({id}, {by.Id}, {m.At}, {isSampled})");
            await tx.Run($"insert into share_standing_look (application, standing, differences, at) values ({id}, {by.Id}, {"[]"}, {m.At}) on conflict (application) do nothing");
            if (isSampled)
                await notices.Tell(tx, new Telling(NoticeKind.StandingSampled, new Recipient(null, next.Provider, Role.Steward)), new About($"{by.Id}/{id}", $"/desk/standing/{by.Id}", [next.Number, m.Entry.Content.Name, ""]), m.At);
            return next with { Grant = grant.Id };
        }, by.OnBehalf ?? by.SignedBy);
}
