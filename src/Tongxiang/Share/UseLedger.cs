using System.Globalization;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>One use of data under a grant, as its evidence says: never what stood in the rows.</summary>
/// <param name="Index">Place in the evidence log, where anyone can find its leaf.</param>
/// <param name="Outcome">The event: <c>answered</c>, <c>permitted</c>, <c>closed</c> or <c>refused</c>.</param>
/// <param name="Operator">Pseudonym of the person behind the call, the same for the same person.</param>
public sealed record Use(
    long Index, DateTimeOffset At, string Outcome, string Resource, string? Version, string? Grant, string Actor, Id<Agency>? Agency, string? Matter, string? Case, string? Operator,
    string? Columns, long Rows, string? Code)
{
    /// <summary>Number of the emergency under which it was used; null for every other use.</summary>
    public string? Emergency { get; init; }
}

/// <summary>Which uses are meant; what is null does not matter.</summary>
/// <param name="Grant">Number of the grant.</param>
public sealed record UseFilter(DateTimeOffset? From = null, DateTimeOffset? Until = null, string? Resource = null, string? Grant = null)
{
    /// <summary>Civil days in Beijing, the last one included.</summary>
    public static UseFilter Days(DateOnly? from, DateOnly? until, string? resource, string? grant) =>
        new(Begin(from), Begin(until is { } day && day < DateOnly.MaxValue ? day.AddDays(1) : until), resource is { Length: > 0 } ? resource : null, grant is { Length: > 0 } ? grant : null);

    private static DateTimeOffset? Begin(DateOnly? day) => day is { Year: > 1 } at ? WorkCalendar.Begin(at) : null;
}

/// <summary>Number of uses of one resource by one agency with one outcome.</summary>
public sealed record UseCount(string Resource, Id<Agency>? Agency, string Outcome, long Calls);

/// <summary>A time's uses in sum.</summary>
/// <param name="Operators">Different persons behind the calls.</param>
public sealed record UseTotals(long Answered, long Files, long Refused, long Rows, long Operators, DateTimeOffset? First, DateTimeOffset? Last);

/// <summary>The use ledger (使用台账, Order 809 art. 29): read from the openings of the evidence log, by provider, consumer and bureau.</summary>
[Enforces(23)]
public sealed partial class UseLedger(Openings openings, Grants grants)
{
    /// <summary>The rule that says how long uses are kept at least: there is no call that deletes one, and the keys that open them stand as long.</summary>
    public const string Years = "DL-07";
    private const string Prefix = "gateway.";
    private const int Rounds = 20;

    /// <summary>Uses under one grant, newest first, for its parties.</summary>
    public async Task<Outcome<Page<Use>>> OfGrant(Caller caller, Id<Grant> id, string? after, int limit, CancellationToken ct)
    {
        if (await grants.Find(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        // The caller is a party of the grant; whose entries they are follows from the grant, not from the caller.
        var reader = new OpeningReader((caller.Agency ?? grant.Provider).ToString());
        var page = await openings.List(reader, new OpeningQuery { Subject = $"grant:{id}", After = after, Limit = limit }, ct);
        return new Page<Use>([.. page.Items.Where(IsUse).Select(Read)], page.Next);
    }

    /// <summary>What others did with the data of the caller's agency, newest first.</summary>
    public Task<Page<Use>> AsProvider(Caller caller, string? after, int limit, CancellationToken ct) => AsProvider(caller, new UseFilter(), after, limit, ct);

    /// <summary>Those of them that the filter means.</summary>
    public Task<Page<Use>> AsProvider(Caller caller, UseFilter filter, string? after, int limit, CancellationToken ct) =>
        Collect(caller, Query(filter), o => o.Happening.Agency != caller.Agency?.ToString(), after, limit, ct);

    /// <summary>What the caller's agency did with the data of others, newest first.</summary>
    public Task<Page<Use>> AsConsumer(Caller caller, string? after, int limit, CancellationToken ct) => AsConsumer(caller, new UseFilter(), after, limit, ct);

    /// <summary>Those of them that the filter means.</summary>
    public Task<Page<Use>> AsConsumer(Caller caller, UseFilter filter, string? after, int limit, CancellationToken ct) =>
        Collect(caller, Query(filter) with { Agency = caller.Agency?.ToString() }, _ => true, after, limit, ct);

    // The log cannot ask for "uses of others": pages are read until enough are found or the effort is spent; the cursor goes on from there.
    private async Task<Page<Use>> Collect(Caller caller, OpeningQuery query, Func<Opening, bool> wanted, string? after, int limit, CancellationToken ct)
    {
        if (caller.Agency is not { } agency) return new([], null);
        limit = Math.Clamp(limit, 1, 200);
        var found = new List<Use>();
        var next = after;
        for (var round = 0; round < Rounds; round++)
        {
            var page = await openings.List(new OpeningReader(agency.ToString()), query with { After = next, Limit = limit }, ct);
            found.AddRange(page.Items.Where(o => IsUse(o) && wanted(o)).Select(Read));
            next = page.Next;
            if (next is null || found.Count >= limit) break;
        }
        return new(found, next);
    }

    private static OpeningQuery Query(UseFilter filter) => new() { From = filter.From, Until = filter.Until, Resource = filter.Resource, Grant = filter.Grant };

    // The parts of a file name its persons; the use itself is the file's permission and closing.
    private static bool IsUse(Opening opening) => opening.Happening.Kind.StartsWith(Prefix, StringComparison.Ordinal) && opening.Happening.Kind != Disclosures.PartKind;

    private static Use Read(Opening opening)
    {
        var (happening, facts) = (opening.Happening, opening.Happening.Facts);
        return new Use(
            opening.Index, happening.At, happening.Kind[Prefix.Length..], facts.GetValueOrDefault("resource", ""), facts.GetValueOrDefault("version"), facts.GetValueOrDefault("grant"),
            happening.Actor, Id<Agency>.TryParse(happening.Agency, null, out var agency) ? agency : null, facts.GetValueOrDefault("matter"), facts.GetValueOrDefault("case"),
            facts.GetValueOrDefault("operator"), facts.GetValueOrDefault("columns"),
            long.TryParse(facts.GetValueOrDefault("rows"), CultureInfo.InvariantCulture, out var rows) ? rows : 0, facts.GetValueOrDefault("code"))
        {
            Emergency = facts.GetValueOrDefault("emergency"),
        };
    }
}
