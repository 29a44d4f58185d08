namespace Tongxiang.Evidence;

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
