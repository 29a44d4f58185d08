using System.Text;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Evidence;

/// <summary>One disclosure of one person, as its evidence says.</summary>
/// <param name="Index">Place in the log: its proof is at <c>/log/proof/{index}.tlog-proof</c>.</param>
/// <param name="IsChanged">The record beside the entry is not the one the entry commits to.</param>
public sealed record Look(long Index, Happening Happening, bool IsChanged);

/// <summary>The disclosures of one person.</summary>
/// <param name="Lost">Resources and months whose key was destroyed: what happened there cannot be told any more.</param>
public sealed record Looks(IReadOnlyList<Look> Items, int Lost);

// Looking one person up is an opening, witnessed by whoever asked for it.
public sealed partial class Disclosures
{
    // Fewer are read from the log's end within a tenth of a second.
    private const int WorthARun = 20_000;

    /// <summary>Every entry that disclosed the person in the time, newest first: complete against the log, over every resource and month whose key stands.</summary>
    public async Task<Looks> Of(SubjectKind kind, string subject, DateTimeOffset from, DateTimeOffset until, int most, CancellationToken ct)
    {
        var book = await evidence.Open(ct);
        var utf8 = Encoding.UTF8.GetBytes(subject.Trim());
        var end = book.Log.Size;
        var months = await evidence.Journal.List(KeyRetention.MonthOf(from), KeyRetention.MonthOf(until), ct);
        var wanted = (await evidence.Journal.OpenAll(KeyRetention.MonthOf(from), KeyRetention.MonthOf(until), ct)).ToDictionary(s => s.Number, s => (Seal: s, Pseudonym: s.Pseudonym(kind, utf8)));
        try
        {
            // The position first: what moves from the end into a run meanwhile is then found twice, never missed.
            var position = index.Position;
            var runs = index.ByKey();
            var places = new SortedSet<long>(wanted.SelectMany(w => JournalIndex.Find([.. runs[w.Key]], w.Value.Seal, w.Value.Pseudonym)));
            for (var at = position; at < end; at += 1_000)
                book.Log.Each(at, Math.Min(1_000, end - at), (place, _, stored) =>
                {
                    if (SubjectSeal.KeyOf(JournalForm.Record(stored)) is { } key && wanted.ContainsKey(key)) places.Add(place);
                });
            var found = new List<Look>();
            foreach (var place in places.Reverse())
            {
                if (found.Count >= most) break;
                var (leaf, stored) = book.Log.Read(place);
                var record = JournalForm.Record(stored).ToArray();
                if (SubjectSeal.KeyOf(record) is not { } key || !wanted.TryGetValue(key, out var own) || own.Seal.Open(record)?.Contains(own.Pseudonym) != true) continue;
                if (await evidence.Read(leaf, stored, ct) is not { } opened || opened.Record.Happening.At < from || opened.Record.Happening.At >= until) continue;
                found.Add(new Look(place, opened.Record.Happening, opened.Record.Journal != JournalForm.Digest(record)));
            }
            return new(found, months.Count(m => m.DestroyedAt is not null));
        }
        finally
        {
            foreach (var (seal, _) in wanted.Values) seal.Dispose();
        }
    }

    /// <summary>Brings the index up to the log; run in the background.</summary>
    internal Task Grow(CancellationToken ct) => index.Grow(WorthARun, ct);
}
