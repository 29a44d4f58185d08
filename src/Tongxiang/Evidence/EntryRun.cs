namespace Tongxiang.Evidence;

/// <summary>What the control data keep of an entry beside its place and time: who and about what, never a person.</summary>
/// <param name="Id">Of a business change; such an entry is a run of its own.</param>
internal sealed record Traits(string? Id, string Kind, string Actor, string? Agency, string Subject, string? Resource, string? Grant, string? Client, string Parties)
{
    private const char Between = ' ';

    public IEnumerable<string> AllParties => Parties.Split(Between, StringSplitOptions.RemoveEmptyEntries).Distinct();

    public static Traits Of(string? id, Happening h) => new(
        id, h.Kind, h.Actor, h.Agency, h.Subject, h.Facts.GetValueOrDefault("resource"), h.Facts.GetValueOrDefault("grant"), h.Facts.GetValueOrDefault("client"),
        h.Parties.Count == 1 ? h.Parties[0] : string.Join(Between, h.Parties));
}

/// <summary>Place of an entry in the log and when it happened, in milliseconds since 1970.</summary>
internal readonly record struct Moment(long Place, long At) : IComparable<Moment>
{
    public int CompareTo(Moment other) => Place.CompareTo(other.Place);
}

/// <summary>Places and times of a run as bytes: differences of neighbours in groups of seven bits, times with their sign in the lowest bit.</summary>
internal static class Moments
{
    /// <param name="moments">In the order of their places, none before the batch.</param>
    public static byte[] Write(long batch, IReadOnlyList<Moment> moments)
    {
        var to = new List<byte>(moments.Count * 3);
        var last = new Moment(batch, 0);
        foreach (var moment in moments)
        {
            Add(to, (ulong)(moment.Place - last.Place));
            var time = moment.At - last.At;
            Add(to, (ulong)((time << 1) ^ (time >> 63)));
            last = moment;
        }
        return [.. to];
    }

    /// <exception cref="InvalidDataException">The bytes end inside a number.</exception>
    public static List<Moment> Read(long batch, ReadOnlySpan<byte> bytes)
    {
        var all = new List<Moment>();
        var last = new Moment(batch, 0);
        while (!bytes.IsEmpty)
        {
            var place = last.Place + (long)Next(ref bytes);
            var time = Next(ref bytes);
            all.Add(last = new Moment(place, last.At + ((long)(time >> 1) ^ -(long)(time & 1))));
        }
        return all;
    }

    private static void Add(List<byte> to, ulong number)
    {
        for (; number >= 0x80; number >>= 7) to.Add((byte)(number | 0x80));
        to.Add((byte)number);
    }

    private static ulong Next(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (var (i, shift) = (0, 0); i < bytes.Length && shift < 64; i++, shift += 7)
        {
            number |= (ulong)(bytes[i] & 0x7f) << shift;
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return number;
        }
        throw new InvalidDataException("The places of a run of evidence are damaged: set evidence_log.indexed to 0 and empty evidence_run and evidence_run_party, and they come again from the log.");
    }
}

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
            if (waiting.Count == 0) known.Clear();
            taken.RemoveAll(entry => entry.Moment.Place < from || entry.Moment.Place >= end);
            return taken;
        }
    }
}
