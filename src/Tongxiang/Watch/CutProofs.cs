using System.Runtime.CompilerServices;
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

/// <summary>The openings that prove a cut to somebody who has nothing but the public log.</summary>
/// <param name="Fuse">Number of the fuse.</param>
public sealed record CutPackage(string Fuse, IAsyncEnumerable<Evidence.Opening> Openings);

/// <summary>Proves from the openings of the log that a cut scope got nothing: counted anew each time, from nothing but evidence.</summary>
public sealed class CutProofs(Openings openings, Trips trips, Fuse fuse, Catalogue catalogue, Grants grants, TimeProvider clock)
{
    // Entries around the two ends that show that nothing lies beyond them.
    private static readonly TimeSpan margin = TimeSpan.FromMinutes(2);

    /// <summary>Examines the log; a trip that stopped nothing, or did not cut, proves nothing.</summary>
    public async Task<Outcome<CutProof>> Of(Caller caller, Id<Trip> id, CancellationToken ct)
    {
        if (await trips.Find(caller, id, ct) is not { } trip) return Refusal.NotFound(id.ToString());
        if (trip is not { Bites: true, Action: FuseAction.Cut }) return Refusal.Conflict("watch.no-cut", trip.Number);
        var proof = new CutProof(id, trip.At + CutRule.Effect, trip.EasedAt ?? trip.RestoredAt ?? clock.GetUtcNow(), 0, 0, 0, 0, null);
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

    /// <summary>Every opening of the log from before the cut until after its end, for <c>tongxiang verify --cut</c>: what is left out proves nothing, so it names others too and is for the bureau's security and audit only.</summary>
    public async Task<Outcome<CutPackage>> Package(Caller caller, Id<Trip> id, CancellationToken ct)
    {
        if (await trips.Find(caller, id, ct) is not { } trip) return Refusal.NotFound(id.ToString());
        if (!(caller is { IsBureau: true, Client: null } && (caller.Has(Role.SecurityAdmin) || caller.Has(Role.AuditAdmin)))) return Refusal.Forbidden("watch.not-yours");
        if (trip is not { Bites: true, Action: FuseAction.Cut }) return Refusal.Conflict("watch.no-cut", trip.Number);
        var (first, end) = await openings.Between(trip.At - margin, (trip.EasedAt ?? trip.RestoredAt ?? clock.GetUtcNow()) + margin, ct);
        return new CutPackage(trip.Number, Lines(first, end, CancellationToken.None));
    }

    // What lives depend on was flagged before, whenever that was.
    private async IAsyncEnumerable<Evidence.Opening> Lines(long first, long end, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var query in (OpeningQuery[])[new() { FirstIndex = first, EndIndex = end, Limit = 500 }, new() { Kind = "watch.vital", EndIndex = first, Limit = 500 }])
        {
            var next = query;
            do
            {
                var page = await openings.List(new OpeningReader(null, IsAuditor: true), next, ct);
                foreach (var opening in page.Items) yield return opening;
                next = next with { After = page.Next };
            } while (next.After is not null);
        }
    }

    private static CutProof Count(CutProof proof, Evidence.Opening opening)
    {
        var (happening, rows) = (opening.Happening, CutRule.Rows(opening.Happening));
        if (happening.At < proof.EffectAt) return proof with { RowsInFlight = proof.RowsInFlight + rows };
        return proof with
        {
            Examined = proof.Examined + 1,
            Rows = proof.Rows + rows,
            Refused = proof.Refused + (CutRule.IsRefusal(happening) ? 1 : 0),
            // Openings come newest first: the last one kept is the first that happened.
            First = rows > 0 ? opening.Index : proof.First,
        };
    }

    private static OpeningQuery Query(Trip trip) => trip.Scope switch
    {
        FuseScope.Grant => new OpeningQuery { Subject = "grant:" + trip.Subject },
        FuseScope.Department => new OpeningQuery { Agency = trip.Subject },
        _ => new OpeningQuery(),
    };

    // What lives depend on is only slowed: its rows are no breach.
    private bool IsOf(Trip trip, string? slug, Happening happening) => CutRule.IsOf(trip.Scope, trip.Subject, slug, happening) && !IsVital(happening);

    private bool IsVital(Happening happening)
    {
        var grant = happening.Subject.StartsWith("grant:", StringComparison.Ordinal) && Id<Grant>.TryParse(happening.Subject[6..], null, out var id) ? id : (Id<Grant>?)null;
        var entry = happening.Facts.TryGetValue("resource", out var slug) ? catalogue.BySlug(slug)?.Id : grant is { } known ? grants.Active.Find(known)?.Entry : null;
        return entry is { } found && fuse.Now.IsVital(found, grant);
    }
}
