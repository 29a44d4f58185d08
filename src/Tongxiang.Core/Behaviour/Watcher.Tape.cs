namespace Tongxiang.Core.Behaviour;

// What outlives a restart, and what people teach.
public sealed partial class Watcher
{
    const int Magic = 0x31575854, Version = 2, MostTracks = 4_000_000;

    /// <summary>An alarm of this caller was judged false: from now on the sign must be stronger there, half as much again each time and 3.4 times at most;
    /// a sign of what the grant declares once only. What was never seen cannot be forgiven and is ignored.</summary>
    /// <remarks>Part of the log that is replayed: the same calls and judgements in the same order give the same alarms.</remarks>
    /// <param name="operator">As the alarm names it; 0 when it is about the client as a whole.</param>
    public void Forgive(int caller, ulong @operator, Sign sign)
    {
        if (_operators.TryGetValue((caller, @operator), out var person)) person.Forgive(sign);
        // One of the signs of a person alone teaches nothing about his colleagues.
        if (@operator != 0 && sign is Sign.SamePerson or Sign.Namesake) return;
        if (_callers.TryGetValue(caller, out var track)) track.Forgive(sign);
    }

    /// <summary>Writes everything remembered, about 3 KB a caller.</summary>
    public void Save(Stream stream)
    {
        using var tape = new Tape(stream, isReading: false);
        Pass(tape, this);
        tape.Seal();
    }

    /// <summary>Takes back what was saved in place of what is remembered; the calls that follow then give the alarms they would have given without a break.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else, another version, or was damaged; what is remembered then stays as it is.</exception>
    public void Restore(Stream stream)
    {
        using var tape = new Tape(stream, isReading: true);
        var read = new Watcher(isWorkday);
        Pass(tape, read);
        tape.Seal();
        (_callers, _operators, _peers, _operatorPeers) = (read._callers, read._operators, read._peers, read._operatorPeers);
        (_neighbourhood, _startedAt, _sweptOn) = (read._neighbourhood, read._startedAt, read._sweptOn);
    }

    static void Pass(Tape tape, Watcher of)
    {
        if (tape.Pass(Magic) != Magic) throw Tape.Broken("it is none");
        if (tape.Pass(Version) is var version && version != Version) throw Tape.Broken($"it is of version {version}, and this program reads {Version}");
        (of._startedAt, of._sweptOn) = (tape.Pass(of._startedAt, -1), tape.Pass(of._sweptOn, 0));
        foreach (var peers in of._peers) peers.Pass(tape);
        foreach (var peers in of._operatorPeers) peers.Pass(tape);
        of._neighbourhood.Pass(tape);
        if (tape.IsReading) ReadTracks(tape, of);
        else WriteTracks(tape, of);
    }

    static void WriteTracks(Tape tape, Watcher of)
    {
        tape.Pass(of._callers.Count);
        foreach (var (caller, track) in of._callers)
        {
            tape.Pass(caller);
            track.Pass(tape);
        }
        tape.Pass(of._operators.Count);
        foreach (var (key, track) in of._operators)
        {
            tape.Pass(key.Caller);
            tape.Pass(key.Operator);
            track.Pass(tape);
        }
    }

    static void ReadTracks(Tape tape, Watcher into)
    {
        for (var left = tape.Pass(0, 0, MostTracks); left > 0; left--)
        {
            var (caller, track) = (tape.Pass(0), new Track(isCaller: true));
            track.Pass(tape);
            if (!into._callers.TryAdd(caller, track)) throw Tape.Broken($"caller {caller} is in it twice");
        }
        for (var left = tape.Pass(0, 0, MostTracks); left > 0; left--)
        {
            var (key, track) = ((tape.Pass(0), tape.Pass(0UL)), new Track(isCaller: false));
            track.Pass(tape);
            if (!into._callers.ContainsKey(key.Item1)) throw Tape.Broken($"an operator of caller {key.Item1}, who is not in it");
            if (!into._operators.TryAdd(key, track)) throw Tape.Broken($"operator {key.Item2} of caller {key.Item1} is in it twice");
        }
    }

    static PeerTails[] NewPeers() => [.. Enumerable.Range(0, Groups).Select(_ => new PeerTails())];
}
