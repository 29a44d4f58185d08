using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>A change of a grant in the order of the commits.</summary>
public sealed record GrantChange(long Seq, Grant Grant);

/// <summary>The feed of changed grants, for those who hand them on: read on from the place you know, and nothing is missed.</summary>
public sealed class GrantFeed(Db db, Grants grants)
{
    /// <summary>The next changes after a place, each with the grant as it stands now; the last number read, also when none of it was a grant.</summary>
    public async Task<(IReadOnlyList<GrantChange> Changes, long Last)> After(long seq, int most, CancellationToken ct)
    {
        var read = await db.List($"select number, kind, subject from share_change where number > {seq} order by number limit {most}", r => (Seq: r.GetInt64(0), Kind: r.GetString(1), Subject: r.GetString(2)), ct);
        var found = new List<GrantChange>();
        foreach (var (number, _, subject) in read.Where(c => c.Kind == "grant").GroupBy(c => c.Subject).Select(g => g.Last()))
            if (await grants.Load(new Id<Grant>(Guid.Parse(subject)), ct) is { } grant) found.Add(new GrantChange(number, grant));
        return (found, read.Count == 0 ? seq : read[^1].Seq);
    }
}
