using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Brings this copy's snapshots up to what any copy changed.</summary>
internal sealed class Follower(Db db, Directory directory, RulePack rules, Calendar calendar, Clients clients, Sessions sessions, Competence competence)
{
    private long seen = -1;

    /// <summary>Looks at the feed; reads anew only when something changed.</summary>
    public async Task Follow(CancellationToken ct)
    {
        if (await Changes.Last(db, ct) != Interlocked.Read(ref seen)) await Refresh(ct);
    }

    public async Task Refresh(CancellationToken ct)
    {
        // Read first: a change that comes while we load is then loaded again, not missed.
        var last = await Changes.Last(db, ct);
        await directory.Refresh(ct);
        await clients.Refresh(ct);
        await sessions.Refresh(ct);
        await rules.Refresh(ct);
        await calendar.Refresh(ct);
        await competence.Refresh(ct);
        Interlocked.Exchange(ref seen, last);
    }
}
