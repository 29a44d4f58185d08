using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Feedback;

/// <summary>What readers think of a dataset: how many gave each number of stars.</summary>
/// <param name="Counts">For one to five stars.</param>
public sealed record ScoreView(IReadOnlyList<long> Counts)
{
    public long Count => Counts.Sum();

    /// <summary>One decimal is all that few voices bear; zero when there are none.</summary>
    public double Mean => Count == 0 ? 0 : Math.Round(Counts.Select((n, i) => n * (i + 1)).Sum() / (double)Count, 1, MidpointRounding.AwayFromZero);
}

/// <summary>User scores (用户评分): one to five stars, one voice a person, changed at will; nobody scores the data of the own agency.</summary>
public sealed class Scores(Db db, TimeProvider clock, EntrySource entries)
{
    public const int Most = 5;

    public async Task<Outcome<ScoreView>> Give(Caller caller, Id<Entry> id, int stars, CancellationToken ct)
    {
        if (caller.Person is not { } person) return new Refusal(401, "agencies.sign-in-first");
        if (await entries(id, ct) is not { IsPublic: true } entry) return Refusal.NotFound("catalog.entry");
        if (entry.Agency == caller.Agency) return Refusal.Forbidden("feedback.own-data");
        if (stars is < 1 or > Most) return Refusal.Invalid(new FieldError("stars", "feedback.field.stars", Most));
        await db.Run(
            $"""
            insert into feedback_score (entry, person, stars, scored_at) values ({id}, {person}, {stars}, {clock.GetUtcNow()})
            on conflict (entry, person) do update set stars = excluded.stars, scored_at = excluded.scored_at
            """, ct);
        return await Of(id, ct);
    }

    public async Task<ScoreView> Of(Id<Entry> entry, CancellationToken ct)
    {
        var counts = new long[Most];
        foreach (var (stars, count) in await db.List($"select stars, count(*) from feedback_score where entry = {entry} group by stars", r => (r.GetInt64(0), r.GetInt64(1)), ct)) counts[stars - 1] = count;
        return new ScoreView(counts);
    }

    /// <summary>What the caller gave; null when nothing.</summary>
    public async Task<int?> Own(Caller caller, Id<Entry> entry, CancellationToken ct) => caller.Person is not { } person ? null
        : (await db.List($"select stars from feedback_score where entry = {entry} and person = {person}", r => (int)r.GetInt64(0), ct)) is [var stars] ? stars : null;
}
