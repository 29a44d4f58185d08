using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>What the evidence log says of a cut: whether a row of that scope left after it took effect.</summary>
/// <param name="EffectAt">The trip and the second within which every copy of the node has it.</param>
/// <param name="Until">When it was eased or restored; now while it stands.</param>
/// <param name="Examined">Entries of calls of that scope received between the two.</param>
/// <param name="Rows">Rows that left in them; the proof holds while it is 0.</param>
/// <param name="Refused">Calls of that scope that were refused.</param>
/// <param name="RowsInFlight">Rows of calls received after the trip and before the effect.</param>
/// <param name="First">The first entry of the log that breaks it.</param>
public sealed record CutProof(Id<Trip> Trip, DateTimeOffset EffectAt, DateTimeOffset Until, long Examined, long Rows, long Refused, long RowsInFlight, long? First)
{
    public bool Holds => Rows == 0;
}

/// <summary>Proves from the openings of the log that a cut scope got nothing: counted anew each time, from nothing but evidence.</summary>
public sealed class CutProofs(Openings openings, Trips trips, Fuse fuse, Catalogue catalogue, Grants grants, TimeProvider clock)
{
    /// <summary>How long every copy of a node has to take a trip in.</summary>
    public static readonly TimeSpan Effect = TimeSpan.FromSeconds(1);

    private const string Calls = "gateway.";

    /// <summary>Examines the log; a trip that stopped nothing, or did not cut, proves nothing.</summary>
    public async Task<Outcome<CutProof>> Of(Caller caller, Id<Trip> id, CancellationToken ct)
    {
        if (await trips.Find(caller, id, ct) is not { } trip) return Refusal.NotFound(id.ToString());
        if (trip is not { Bites: true, Action: FuseAction.Cut }) return Refusal.Conflict("watch.no-cut", trip.Number);
        var proof = new CutProof(id, trip.At + Effect, trip.EasedAt ?? trip.RestoredAt ?? clock.GetUtcNow(), 0, 0, 0, 0, null);
        var slug = trip.Scope == FuseScope.Resource && Id<Entry>.TryParse(trip.Subject, null, out var entry) ? catalogue.Find(entry)?.Slug : null;
        var query = Query(trip) with { From = trip.At, Until = proof.Until, Limit = 500 };
        do
        {
            var page = await openings.List(new OpeningReader(null, IsAuditor: true), query, ct);
            foreach (var opening in page.Items)
                if (IsOf(trip, slug, opening.Happening)) proof = Count(proof, opening);
            query = query with { After = page.Next };
        } while (query.After is not null);
        return proof;
    }

    private static CutProof Count(CutProof proof, Evidence.Opening opening)
    {
        var (happening, rows) = (opening.Happening, Rows(opening.Happening));
        if (happening.At < proof.EffectAt) return proof with { RowsInFlight = proof.RowsInFlight + rows };
        return proof with
        {
            Examined = proof.Examined + 1,
            Rows = proof.Rows + rows,
            Refused = proof.Refused + (happening.Kind == Calls + "refused" ? 1 : 0),
            // Openings come newest first: the last one kept is the first that happened.
            First = rows > 0 ? opening.Index : proof.First,
        };
    }

    private static long Rows(Happening happening) => long.TryParse(happening.Facts.GetValueOrDefault("rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : 0;

    private static OpeningQuery Query(Trip trip) => trip.Scope switch
    {
        FuseScope.Grant => new OpeningQuery { Subject = "grant:" + trip.Subject },
        FuseScope.Department => new OpeningQuery { Agency = trip.Subject },
        _ => new OpeningQuery(),
    };

    private bool IsOf(Trip trip, string? slug, Happening happening)
    {
        if (!happening.Kind.StartsWith(Calls, StringComparison.Ordinal) || happening.Kind == Calls + "explained") return false;
        // What lives depend on is only slowed: its rows are no breach.
        if (IsVital(happening)) return false;
        return trip.Scope switch
        {
            FuseScope.Caller => happening.Actor == trip.Subject,
            FuseScope.Operator => happening.Facts.TryGetValue("operator", out var pseudonym) && $"{happening.Agency ?? happening.Actor}/{pseudonym}" == trip.Subject,
            FuseScope.Grant => happening.Subject == "grant:" + trip.Subject,
            FuseScope.Resource => happening.Subject == "entry:" + trip.Subject || slug is not null && happening.Facts.GetValueOrDefault("resource") == slug,
            FuseScope.Department => happening.Agency == trip.Subject,
            _ => happening.Actor != Caller.Anonymous.Actor,
        };
    }

    private bool IsVital(Happening happening)
    {
        var grant = happening.Subject.StartsWith("grant:", StringComparison.Ordinal) && Id<Grant>.TryParse(happening.Subject[6..], null, out var id) ? id : (Id<Grant>?)null;
        var entry = happening.Facts.TryGetValue("resource", out var slug) ? catalogue.BySlug(slug)?.Id : grant is { } known ? grants.Active.Find(known)?.Entry : null;
        return entry is { } found && fuse.Now.IsVital(found, grant);
    }
}
