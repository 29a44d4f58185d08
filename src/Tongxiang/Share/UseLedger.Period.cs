using System.Runtime.CompilerServices;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

// The ledger of a time: every line of it, its counts, and a grant's page with the five parts.
public sealed partial class UseLedger
{
    private const int LinesAtOnce = 200;

    /// <summary>All uses that the filter means, newest first, read while they are taken.</summary>
    public async IAsyncEnumerable<Use> Each(Caller caller, bool isProvider, UseFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            var page = isProvider ? await AsProvider(caller, filter, after, LinesAtOnce, ct) : await AsConsumer(caller, filter, after, LinesAtOnce, ct);
            foreach (var use in page.Items) yield return use;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>How often what was used by whom, largest first.</summary>
    public async Task<IReadOnlyList<UseCount>> Counts(Caller caller, bool isProvider, UseFilter filter, CancellationToken ct)
    {
        if (caller.Agency is not { } agency) return [];
        var own = agency.ToString();
        var counts = await openings.Counts(new OpeningReader(own), Query(filter) with { Agency = isProvider ? null : own }, Prefix, ct);
        return
        [
            .. from c in counts
               where c.Kind != Disclosures.PartKind && (!isProvider || c.Agency != own)
               orderby c.Count descending, c.Resource, c.Agency, c.Kind
               select new UseCount(c.Resource ?? "", Id<Agency>.TryParse(c.Agency, null, out var who) ? who : null, c.Kind[Prefix.Length..], c.Count),
        ];
    }

    /// <summary>A grant's page of the ledger, for its parties.</summary>
    public async Task<Outcome<LedgerSheet>> Sheet(Caller caller, Id<Grant> id, DateTimeOffset? from, DateTimeOffset? until, UseNotes notes, CancellationToken ct)
    {
        if (await grants.Find(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        var (tally, after) = (new Tally(), (string?)null);
        do
        {
            var page = await OfGrant(caller, id, after, LinesAtOnce, ct);
            if (page.IsRefused) return page.Refusal!;
            foreach (var use in page.Value.Items)
                if ((from is null || use.At >= from) && (until is null || use.At < until)) tally.Add(use);
            after = page.Value.Next;
        }
        while (after is not null);
        var said = (await notes.Of(caller, id, ct)).ToLookup(n => n.Part);
        return new LedgerSheet(grant, tally.Totals(), [.. said[NotePart.Effect]], [.. said[NotePart.Storage]], [.. said[NotePart.Destruction]]);
    }

    private sealed class Tally
    {
        private readonly HashSet<string> operators = new(StringComparer.Ordinal);
        private long answered;
        private long files;
        private long refused;
        private long rows;
        private DateTimeOffset? first;
        private DateTimeOffset? last;

        public void Add(Use use)
        {
            if (use.Outcome == "refused") refused++;
            else if (use.Outcome == "closed") files++;
            else if (use.Outcome != "permitted") answered++;
            rows += use.Rows;
            if (use.Operator is { } by) operators.Add(by);
            (first, last) = (first is null || use.At < first ? use.At : first, last is null || use.At > last ? use.At : last);
        }

        public UseTotals Totals() => new(answered, files, refused, rows, operators.Count, first, last);
    }
}
