using System.Data.Common;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Gateway;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Federation;

/// <summary>A bundle this node made.</summary>
public sealed record SentBundle(long Sequence, string Digest, DateTimeOffset MadeAt, DateTimeOffset? AcknowledgedAt, SignedBundle Signed);

/// <summary>Upward: what changed in catalogue, grants and use since the last bundle, numbered and signed; kept, so that it can be sent again byte for byte (Order 809 art. 30–32).</summary>
[Enforces(38)]
public sealed partial class Sending(
    Db db, TimeProvider clock, EvidenceLog evidence, NodeSettings node, CascadeSettings settings, CascadeKey key, Directory directory, Catalogue catalogue, CatalogueFeed changes, Entries entries, GrantFeed grants,
    UseFeed uses, HttpMessageInvoker http, ILogger<Sending> log)
{
    private const int Most = 500;

    private sealed record Mark(long Sequence, string Digest, long Catalogue, long Grants, DateOnly Day);

    /// <summary>Makes the next bundle; null when nothing changed.</summary>
    public async Task<SentBundle?> Make(Caller caller, CancellationToken ct)
    {
        var last = await db.One(
            $"select sequence, digest, catalogue_seq, grant_seq, use_day from federation_sent order by sequence desc limit 1", r => new Mark(r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3), r.Day(4)), ct)
            ?? new Mark(0, "", 0, 0, DateOnly.MinValue);
        var catalogueChanges = await changes.After(last.Catalogue, Most, ct);
        var (changed, grantSeq) = await grants.After(last.Grants, Most, ct);
        // The day of the last bundle was not over then: its figures are told again.
        var days = await uses.Since(last.Day, ct);
        var told = await Entries([.. catalogueChanges.Select(c => c.Entry).Distinct()], ct);
        var body = BundleForm.Write(new Bundle(
            Bundle.Form1, node.LogOrigin, node.Division, last.Sequence + 1, last.Digest, told, [.. await Grants(changed, ct)], [.. days.Select(d => new BundleUse(d.Entry.ToString(), d.Day, d.Calls, d.Rows))]));
        if (told.Count == 0 && changed.Count == 0 && !await IsNews(last, days, ct)) return null;
        var now = clock.GetUtcNow();
        var day = days.Count == 0 ? last.Day : days.Max(d => d.Day);
        var made = new SentBundle(last.Sequence + 1, BundleForm.Digest(body), now, null, new SignedBundle(body, key.Sign(body)));
        return await db.Commit(async tx =>
        {
            var kept = await tx.Run(
                $"""
                insert into federation_sent (sequence, body, digest, signature, catalogue_seq, grant_seq, use_day, made_at)
                values ({made.Sequence}, {body}, {made.Digest}, {made.Signed.Signature}, {(catalogueChanges.Count == 0 ? last.Catalogue : catalogueChanges[^1].Seq)}, {grantSeq}, {day}, {now})
                on conflict (sequence) do nothing
                """);
            // Another copy of the node was first: its bundle says what this one would have said.
            if (kept == 0) return null;
            var facts = new Dictionary<string, string> { ["sequence"] = made.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), ["digest"] = made.Digest };
            await evidence.Append(tx, new Happening("federation.bundled", caller.Actor, caller.Agency?.ToString(), $"cascade:{node.LogOrigin}", now, facts));
            return made;
        }, ct);
    }

    /// <summary>A bundle as it was first made.</summary>
    public async Task<SentBundle?> Find(long sequence, CancellationToken ct) =>
        await db.One($"select sequence, digest, made_at, acknowledged_at, body, signature from federation_sent where sequence = {sequence}", Read, ct);

    /// <summary>Bundles after a number, oldest first.</summary>
    public Task<IReadOnlyList<SentBundle>> After(long sequence, int most, CancellationToken ct) =>
        db.List($"select sequence, digest, made_at, acknowledged_at, body, signature from federation_sent where sequence > {sequence} order by sequence limit {most}", Read, ct);

    /// <summary>Makes what is new and sends what the superior has not acknowledged, in order; a gap it names is filled from there.</summary>
    public async Task Push(CancellationToken ct)
    {
        if (settings.Superior is null) return;
        while (await Make(Caller.Platform, ct) is not null)
        {
            // As long as there is more than one bundle's worth.
        }
        var waiting = await db.List($"select sequence, digest, made_at, acknowledged_at, body, signature from federation_sent where acknowledged_at is null order by sequence limit {Most}", Read, ct);
        foreach (var bundle in waiting)
            if (!await Send(bundle, ct)) return;
    }

    private async Task<bool> Send(SentBundle bundle, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.Superior!.TrimEnd('/')}/api/cascade/inbox") { Content = JsonContent.Create(bundle.Signed, options: Wire.Json) };
        try
        {
            using var answer = await http.SendAsync(request, ct);
            if (answer.IsSuccessStatusCode)
            {
                await db.Run($"update federation_sent set acknowledged_at = {clock.GetUtcNow()} where sequence = {bundle.Sequence} and acknowledged_at is null", ct);
                return true;
            }
            Unacknowledged(log, bundle.Sequence, (int)answer.StatusCode);
            if (answer.Headers.TryGetValues(CascadeRoutes.Expected, out var said) && long.TryParse(said.FirstOrDefault(), out var expected) && expected < bundle.Sequence)
                await db.Run($"update federation_sent set acknowledged_at = null where sequence >= {expected}", ct);
        }
        catch (HttpRequestException e)
        {
            Unreachable(log, bundle.Sequence, e.Message);
        }
        return false;
    }

    private async Task<List<BundleEntry>> Entries(IReadOnlyList<Id<Entry>> touched, CancellationToken ct)
    {
        var told = new List<BundleEntry>();
        foreach (var id in touched)
        {
            if (catalogue.Find(id) is { } standing) told.Add(new BundleEntry(id.ToString(), standing.Code, standing.Content.Name, EntryState.Published, standing.Revision, standing.Content));
            else if (await entries.Find(id, ct) is { State: EntryState.Retired, PublishedAt: not null } retired) told.Add(new BundleEntry(id.ToString(), retired.Code, retired.Content.Name, EntryState.Retired, retired.Revision, null));
        }
        return told;
    }

    private async Task<List<BundleGrant>> Grants(IReadOnlyList<GrantChange> changed, CancellationToken ct)
    {
        var told = new List<BundleGrant>();
        foreach (var (_, g) in changed)
        {
            var code = (await entries.Find(g.Entry, ct))?.Code ?? g.Entry.ToString();
            told.Add(new BundleGrant(g.Number, code, Credit(g.Provider), g.ConsumerAgency is { } agency ? Credit(agency) : "person", g.Modes, [.. g.Fields.Select(f => f.Name)], g.From.ToUnixTimeMilliseconds(), g.Until.ToUnixTimeMilliseconds(), g.State));
        }
        return told;
    }

    private string Credit(Id<Agency> agency) => directory.Find(agency)?.CreditCode ?? "";

    // Figures alone make a bundle only when they are others than the last bundle told of its own last day.
    private async Task<bool> IsNews(Mark last, IReadOnlyList<ForeignDay> days, CancellationToken ct)
    {
        if (days.Count == 0) return false;
        if (last.Sequence == 0 || days.Any(d => d.Day > last.Day)) return true;
        var before = await Find(last.Sequence, ct);
        var told = BundleForm.Read(before!.Signed.Body)!.Uses.ToHashSet();
        return days.Any(d => !told.Contains(new BundleUse(d.Entry.ToString(), d.Day, d.Calls, d.Rows)));
    }

    private static SentBundle Read(DbDataReader r) => new(r.GetInt64(0), r.GetString(1), r.Instant(2), r.InstantOrNull(3), new SignedBundle(r.GetString(4), r.GetString(5)));

    [LoggerMessage(3220, LogLevel.Warning, "The superior platform did not take bundle {Sequence}: it answered {Status}.")]
    private static partial void Unacknowledged(ILogger log, long sequence, int status);

    [LoggerMessage(3221, LogLevel.Warning, "The superior platform cannot be reached for bundle {Sequence}: {Why}")]
    private static partial void Unreachable(ILogger log, long sequence, string why);
}
