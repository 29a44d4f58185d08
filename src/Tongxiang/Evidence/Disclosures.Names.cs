using System.Text;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Evidence;

/// <summary>Disclosed persons whom nobody can name, and why.</summary>
/// <param name="Unmatched">Pseudonyms that none of the candidates has.</param>
/// <param name="LostCalls">Entries whose journal key was destroyed.</param>
/// <param name="LostPersons">Persons in these entries; the same one in two of them counts twice, since nobody can tell any more.</param>
/// <param name="Changed">Entries beside which not the record lies that they commit to.</param>
public sealed record Unnamed(long Unmatched, long LostCalls, long LostPersons, long Changed)
{
    public static Unnamed None { get; } = new(0, 0, 0, 0);

    public bool IsNone => this == None;

    public static Unnamed operator +(Unnamed one, Unnamed other) =>
        new(one.Unmatched + other.Unmatched, one.LostCalls + other.LostCalls, one.LostPersons + other.LostPersons, one.Changed + other.Changed);
}

// Naming the persons of a scope from a list of candidates: an opening, witnessed by whoever asked for it.
public sealed partial class Disclosures
{
    /// <summary>Pseudonyms held at once while candidates pass: some 40 bytes each.</summary>
    internal const int Held = 1_000_000;

    /// <summary>
    /// Which of the candidates a scope disclosed, each once and in their order within a reading. A pseudonym cannot be turned back: only whoever brings the identifiers, such as the resource's own
    /// rows, learns whom it hides. Memory is fixed: more persons than are held at once are named in several readings of log and candidates.
    /// </summary>
    /// <param name="candidates">The same ones in the same order each time they are asked for.</param>
    /// <param name="take">Gets each candidate that was disclosed.</param>
    public async Task<Unnamed> Name(
        DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, SubjectKind kind, Func<IAsyncEnumerable<string>> candidates, Func<string, ValueTask> take, CancellationToken ct, int held = Held)
    {
        var seals = (await evidence.Journal.OpenAll(KeyRetention.MonthOf(from.AddDays(-1)), KeyRetention.MonthOf(until.AddDays(1)), ct)).ToDictionary(s => s.Number);
        try
        {
            var (gaps, unmatched, named) = (Unnamed.None, 0L, new Marks());
            // Pseudonyms are spread evenly: a share that is too many is cut into halves that are alike.
            var shares = new Stack<(int At, int Of)>([(0, 1)]);
            while (shares.TryPop(out var share))
            {
                var (some, seen) = await Collect(scope, from, until, seals, share, held, ct);
                if (some is null)
                {
                    shares.Push((share.At + share.Of, share.Of * 2));
                    shares.Push((share.At, share.Of * 2));
                    continue;
                }
                // Every whole reading sees the same gaps.
                gaps = seen;
                if (some.Count > 0) await Compare(some, seals, kind, candidates(), named, take, ct);
                unmatched += some.Values.Sum(s => s.Count);
            }
            return gaps with { Unmatched = unmatched };
        }
        finally
        {
            foreach (var seal in seals.Values) seal.Dispose();
        }
    }

    /// <summary>The different pseudonyms of a share by key, null when they are more than may be held, and what could not be read.</summary>
    private async Task<(Dictionary<int, HashSet<UInt128>>? Some, Unnamed Gaps)> Collect(
        DisclosureScope scope, DateTimeOffset from, DateTimeOffset until, Dictionary<int, SubjectSeal> seals, (int At, int Of) share, int held, CancellationToken ct)
    {
        var (some, count, gaps) = (new Dictionary<int, HashSet<UInt128>>(), 0, Unnamed.None);
        await walk.Run(scope, from, until, d =>
        {
            if (d.IsChanged) gaps = gaps with { Changed = gaps.Changed + 1 };
            else if (SubjectSeal.KeyOf(d.Record) is not { } key) return;
            else if (!seals.TryGetValue(key, out var seal)) gaps = gaps with { LostCalls = gaps.LostCalls + 1, LostPersons = gaps.LostPersons + SubjectSeal.CountOf(d.Record) };
            else if (count > held) return;
            else if (seal.Open(d.Record) is not { } persons) gaps = gaps with { Changed = gaps.Changed + 1 };
            else
            {
                var set = some.TryGetValue(key, out var known) ? known : some[key] = [];
                foreach (var person in persons)
                    if ((int)((ulong)(person >> 64) % (ulong)share.Of) == share.At && set.Add(person) && ++count > held) break;
                if (count > held) some.Clear();
            }
        }, ct);
        return (count > held ? null : some, gaps);
    }

    // Takes out what it finds: what is left has no candidate. A person under two keys may be found in two readings, and is named in the first.
    private static async Task Compare(
        Dictionary<int, HashSet<UInt128>> some, Dictionary<int, SubjectSeal> seals, SubjectKind kind, IAsyncEnumerable<string> candidates, Marks named, Func<string, ValueTask> take, CancellationToken ct)
    {
        var place = 0L;
        await foreach (var candidate in candidates.WithCancellation(ct))
        {
            var utf8 = Encoding.UTF8.GetBytes(candidate);
            var isAmong = false;
            foreach (var (key, set) in some) isAmong |= set.Remove(seals[key].Pseudonym(kind, utf8));
            if (isAmong && named.Set(place)) await take(candidate);
            place++;
        }
    }

    /// <summary>One bit a candidate.</summary>
    private sealed class Marks
    {
        private ulong[] bits = new ulong[1_024];

        /// <summary>Sets a bit; false when it was set.</summary>
        public bool Set(long place)
        {
            var (word, bit) = ((int)(place >> 6), 1UL << (int)(place & 63));
            if (word >= bits.Length) Array.Resize(ref bits, Math.Max(word + 1, bits.Length * 2));
            if ((bits[word] & bit) != 0) return false;
            bits[word] |= bit;
            return true;
        }
    }
}
