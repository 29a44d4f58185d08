using System.Globalization;
using System.Text;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Evidence;

/// <summary>
/// Finds the entries that disclosed one pseudonym: sorted runs, one or a few for each journal key, sealed under that key and so destroyed with it. Everything here can be
/// deleted and comes again from the log; what is not in a run yet is read from the log's end.
/// </summary>
internal sealed class JournalIndex(EvidenceLog evidence) : IDisposable
{
    private const int Page = 2_000;
    private const int PairsAtOnce = 1_000_000;
    private const int MostRuns = 8;
    private readonly SemaphoreSlim growing = new(1, 1);

    private string Folder => Path.Combine(evidence.Folder, "journal");

    private string PositionFile => Path.Combine(Folder, "position");

    /// <summary>Entries below are in the runs.</summary>
    public long Position => File.Exists(PositionFile) && long.TryParse(File.ReadAllText(PositionFile), NumberStyles.None, CultureInfo.InvariantCulture, out var at) ? at : 0;

    /// <summary>Takes the log's newest entries into runs when there are enough of them to be worth a file.</summary>
    public async Task Grow(int worth, CancellationToken ct)
    {
        await growing.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(Folder);
            var book = await evidence.Open(ct);
            for (var from = Position; book.Log.Size - from >= Math.Max(1, worth); from = Position)
            {
                // A run beyond the position is of a growth that a crash ended: it comes again under the same name.
                foreach (var stray in Runs().Where(r => r.Until > from)) File.Delete(stray.Path);
                await Grow(book, from, ct);
            }
        }
        finally
        {
            growing.Release();
        }
    }

    /// <summary>Places below <see cref="Position"/> that hold the tag under this key; where the whole pseudonym stands is for the caller to see.</summary>
    public static IEnumerable<long> Find(IReadOnlyList<string> runs, SubjectSeal seal, UInt128 pseudonym) => runs.SelectMany(run => TagRun.Find(run, seal.Index, Tagged.TagOf(pseudonym)));

    /// <summary>The runs by key, as they stand now.</summary>
    public ILookup<int, string> ByKey() => Runs().ToLookup(r => r.Key, r => r.Path);

    /// <summary>Deletes what was derived under a key that is gone.</summary>
    public void Forget(int key)
    {
        foreach (var run in Runs().Where(r => r.Key == key)) File.Delete(run.Path);
    }

    public void Dispose() => growing.Dispose();

    private async Task Grow(Book book, long from, CancellationToken ct)
    {
        var (pairs, held, at) = (new Dictionary<int, List<Tagged>>(), 0, from);
        var seals = new Dictionary<int, SubjectSeal?>();
        while (at < book.Log.Size && held < PairsAtOnce)
        {
            var records = new List<(long Place, byte[] Record)>();
            var count = Math.Min(Page, book.Log.Size - at);
            book.Log.Each(at, count, (place, _, stored) =>
            {
                if (JournalForm.Record(stored) is { Length: > 0 } record) records.Add((place, record.ToArray()));
            });
            foreach (var (place, record) in records)
            {
                if (SubjectSeal.KeyOf(record) is not { } key) continue;
                if (!seals.TryGetValue(key, out var seal)) seals[key] = seal = await evidence.Journal.Open(key, ct);
                if (seal?.Open(record) is not { } persons) continue;
                var list = pairs.TryGetValue(key, out var known) ? known : pairs[key] = [];
                foreach (var person in persons) list.Add(new Tagged(Tagged.TagOf(person), place));
                held += persons.Length;
            }
            at += count;
        }
        foreach (var (key, list) in pairs)
        {
            list.Sort();
            TagRun.Write(PathOf(key, from, at), seals[key]!.Index, list);
        }
        Durable.Replace(PositionFile, Encoding.ASCII.GetBytes(at.ToString(CultureInfo.InvariantCulture)));
        foreach (var key in pairs.Keys) Merge(key, seals[key]!);
        foreach (var seal in seals.Values) seal?.Dispose();
    }

    private void Merge(int key, SubjectSeal seal)
    {
        var runs = Runs().Where(r => r.Key == key).OrderBy(r => r.From).ToList();
        if (runs.Count < MostRuns) return;
        var whole = PathOf(key, runs[0].From, runs[^1].Until);
        TagRun.Write(whole, seal.Index, Merged([.. runs.Select(r => TagRun.All(r.Path, seal.Index))]));
        foreach (var run in runs.Where(r => r.Path != whole)) File.Delete(run.Path);
    }

    private static IEnumerable<Tagged> Merged(IReadOnlyList<IEnumerable<Tagged>> runs)
    {
        var heads = new PriorityQueue<IEnumerator<Tagged>, Tagged>();
        foreach (var run in runs)
        {
            var head = run.GetEnumerator();
            if (head.MoveNext()) heads.Enqueue(head, head.Current);
        }
        Tagged? last = null;
        while (heads.TryDequeue(out var head, out var pair))
        {
            if (pair != last) yield return pair;
            last = pair;
            if (head.MoveNext()) heads.Enqueue(head, head.Current);
            else head.Dispose();
        }
    }

    private string PathOf(int key, long from, long until) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{key}-{from}-{until}.run"));

    private List<(string Path, int Key, long From, long Until)> Runs() =>
        !Directory.Exists(Folder) ? [] :
        [
            .. from path in Directory.EnumerateFiles(Folder, "*.run")
               let parts = Path.GetFileNameWithoutExtension(path).Split('-')
               where parts.Length == 3
               select (path, int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture)),
        ];
}
