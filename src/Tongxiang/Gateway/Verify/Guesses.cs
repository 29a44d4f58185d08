using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Verify;

/// <summary>Keeps anyone from guessing a value by asking: how many different claims about one subject, and how many subjects with one claim that does not hold, a grant may try in a civil day.</summary>
/// <remarks>Counted in memory as keyed digests, kept in a table every few seconds from the second try on; each copy of a node counts what it sees and takes in what the others kept when it starts.</remarks>
public sealed class Guesses(Db db, TimeProvider clock, GatewaySettings settings, NodeKey key)
{
    // A grant that asks about more subjects in a day is matching a register, which is what batch exchange is for; and memory has an end.
    private const int mostSubjects = 1_000_000;
    private readonly ConcurrentDictionary<(Id<Grant> Grant, DateOnly Day), Tried> days = new();
    private readonly byte[] secret = key.Derive("gateway verification digest");

    /// <summary>Digest of a key or of what is claimed; nobody without the node's key can test a value against it.</summary>
    internal ulong Digest(string text) => BinaryPrimitives.ReadUInt64LittleEndian(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));

    /// <summary>Takes one try, whatever its answer will be: the limit must not tell it. A claim that was tried before is free.</summary>
    internal Refusal? Take(Id<Grant> grant, Attempt attempt)
    {
        var tried = days.GetOrAdd((grant, Day()), static _ => new Tried());
        lock (tried)
        {
            if (tried.Misses.TryGetValue(attempt.Claim, out var subjects) && subjects.Count >= settings.MissesPerClaim && !subjects.Contains(attempt.Subject))
                return Later("gateway.verify-too-many-subjects", settings.MissesPerClaim);
            if (!tried.Claims.TryGetValue(attempt.Subject, out var claims))
            {
                if (tried.Claims.Count >= mostSubjects) return Later("gateway.verify-too-many-keys", mostSubjects);
                tried.Claims[attempt.Subject] = claims = [];
            }

            if (!claims.Contains(attempt.Claim))
            {
                if (claims.Count >= settings.ClaimsPerSubject) return Later("gateway.verify-too-many-claims", settings.ClaimsPerSubject);
                claims.Add(attempt.Claim);
                tried.Keep_NeedsLock("subject", attempt.Subject, claims);
            }

            // Taken for a miss until it holds: a thousand questions of one call are not a thousand free ones.
            if (attempt.Identifies) tried.Miss_NeedsLock(attempt);
            return null;
        }
    }

    /// <summary>What became of the try.</summary>
    internal void Settle(Id<Grant> grant, Attempt attempt, bool isMatch)
    {
        if (!attempt.Identifies || !days.TryGetValue((grant, Day()), out var tried)) return;
        lock (tried)
        {
            if (!tried.Misses.TryGetValue(attempt.Claim, out var subjects)) return;
            if (!isMatch) tried.Keep_NeedsLock("claim", attempt.Claim, subjects);
            else if (subjects.Remove(attempt.Subject) && subjects.Count == 0) tried.Misses.Remove(attempt.Claim);
        }
    }

    /// <summary>Reads what was tried today before the node stopped.</summary>
    public async Task Load(CancellationToken ct)
    {
        var day = Day();
        var rows = await db.List(
            $"select grant_id, kind, about, other from gateway_claim where day = {day}", r => (Grant: r.Id<Grant>(0), IsSubject: r.GetString(1) == "subject", About: (ulong)r.GetInt64(2), Other: (ulong)r.GetInt64(3)), ct);
        foreach (var (grant, isSubject, about, other) in rows)
        {
            var tried = days.GetOrAdd((grant, day), static _ => new Tried());
            lock (tried)
            {
                var known = isSubject ? tried.Claims : tried.Misses;
                if (!known.TryGetValue(about, out var others)) known[about] = others = [];
                if (!others.Contains(other)) others.Add(other);
            }
        }
    }

    /// <summary>Keeps what is new and forgets the days before.</summary>
    public async Task Save(CancellationToken ct)
    {
        var today = Day();
        foreach (var ((grant, day), tried) in days)
        {
            List<(string Kind, ulong About, ulong Other)> fresh;
            lock (tried) (fresh, tried.Fresh) = (tried.Fresh, []);
            if (day < today) days.TryRemove((grant, day), out _);
            if (fresh.Count == 0 || day < today) continue;
            await db.Commit(async tx =>
            {
                foreach (var (kind, about, other) in fresh)
                    await tx.Run($"insert into gateway_claim (grant_id, day, kind, about, other) values ({grant}, {day}, {kind}, {(long)about}, {(long)other}) on conflict do nothing");
            }, ct);
        }

        await db.Run($"delete from gateway_claim where day < {today}", ct);
    }

    private Refusal Later(string code, int most) => new(429, code, most) { RetryAfterSeconds = UntilTomorrow() };

    private DateOnly Day() => WorkCalendar.Day(clock.GetUtcNow());

    private int UntilTomorrow() => (int)Math.Ceiling((TimeSpan.FromDays(1) - clock.GetUtcNow().ToOffset(WorkCalendar.Offset).TimeOfDay).TotalSeconds);

    /// <summary>What one grant tried on one day; read and changed under its own lock. Lists, for they hold few.</summary>
    private sealed class Tried
    {
        public readonly Dictionary<ulong, List<ulong>> Claims = [];
        public readonly Dictionary<ulong, List<ulong>> Misses = [];
        public List<(string Kind, ulong About, ulong Other)> Fresh = [];

        public void Miss_NeedsLock(Attempt attempt)
        {
            if (!Misses.TryGetValue(attempt.Claim, out var subjects)) Misses[attempt.Claim] = subjects = [];
            if (!subjects.Contains(attempt.Subject)) subjects.Add(attempt.Subject);
        }

        // The first try of a subject is what honest work looks like: it is kept only once a second one follows.
        public void Keep_NeedsLock(string kind, ulong about, List<ulong> others)
        {
            if (others.Count == 2) Fresh.Add((kind, about, others[0]));
            if (others.Count >= 2) Fresh.Add((kind, about, others[^1]));
        }
    }
}
