namespace Tongxiang.Evidence;

/// <summary>Entries witnessed a moment ago, kept until the index takes them, so that it need not read, open and parse them. What is not here is read from the log.</summary>
internal sealed class FreshEntries
{
    private const int Most = 50_000;
    private readonly Lock gate = new();
    private readonly Dictionary<Traits, Traits> known = [];
    private List<(Moment Moment, Traits Traits)> waiting = [];

    public void Add(long place, Happening happening)
    {
        var (traits, at) = (Traits.Of(null, happening), happening.At.ToUnixTimeMilliseconds());
        lock (gate)
        {
            // Nobody takes them: this copy does not write the index, or it cannot. It will read them from the log.
            if (waiting.Count >= Most) return;
            if (!known.TryGetValue(traits, out var same)) known[traits] = same = traits;
            waiting.Add((new Moment(place, at), same));
        }
    }

    /// <summary>Takes those below the end out, and hands over those from a place on.</summary>
    public List<(Moment Moment, Traits Traits)> Take(long from, long end)
    {
        lock (gate)
        {
            var taken = waiting;
            waiting = taken.FindAll(entry => entry.Moment.Place >= end);
            // What still waits keeps its traits; nobody asks for those of the taken ones again.
            known.Clear();
            taken.RemoveAll(entry => entry.Moment.Place < from || entry.Moment.Place >= end);
            return taken;
        }
    }
}
