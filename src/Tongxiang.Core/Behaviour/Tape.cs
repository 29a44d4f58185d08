using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tongxiang.Core.Behaviour;

/// <summary>Carries state out to a stream or back in. One list of fields serves both ways, so that the two cannot drift apart.</summary>
/// <remarks>Frames of at most 64 KiB, each with its length before it; a frame of no length ends them, and the SHA-256 of all of them follows.
/// Nothing is read past it. What is read is bounded by what the stream holds: no length in it is believed before its bytes are there.</remarks>
sealed class Tape(Stream stream, bool isReading) : IDisposable
{
    const int FrameSize = 65_536;
    readonly byte[] _frame = new byte[FrameSize];
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    int _at, _length;

    public bool IsReading => isReading;

    /// <summary>A whole number, which must lie between the two when it is read.</summary>
    public int Pass(int value, int least = int.MinValue, int most = int.MaxValue)
    {
        Pass(MemoryMarshal.AsBytes(new Span<int>(ref value)));
        if (isReading && (value < least || value > most)) throw Broken($"{value} lies outside {least} to {most}");
        return value;
    }

    public long Pass(long value, long least = long.MinValue)
    {
        Pass(MemoryMarshal.AsBytes(new Span<long>(ref value)));
        if (isReading && value < least) throw Broken($"{value} lies below {least}");
        return value;
    }

    public ulong Pass(ulong value)
    {
        Pass(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return value;
    }

    public bool Pass(bool value) => Pass(value ? 1 : 0, 0, 1) == 1;

    /// <summary>A finite number; what the watcher keeps is never below zero.</summary>
    public float Pass(float value)
    {
        Pass(new Span<float>(ref value));
        return value;
    }

    public void Pass(Span<float> values)
    {
        Pass(MemoryMarshal.AsBytes(values));
        foreach (var value in values)
            if (isReading && !(float.IsFinite(value) && value >= 0)) throw Broken($"{value} is no amount");
    }

    public void Pass<T>(T[] values) where T : unmanaged
    {
        for (var at = 0; at < values.Length; at += 4096) Pass(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(4096, values.Length - at))));
    }

    /// <summary>Ends the tape: writes the digest, or checks it.</summary>
    public void Seal()
    {
        if (!isReading)
        {
            WriteFrame();
            stream.Write(new byte[4]);
            stream.Write(_hash.GetHashAndReset());
            return;
        }
        if (_at < _length) throw Broken("more fields than are known");
        if (ReadLength() != 0) throw Broken("more frames than are known");
        Span<byte> told = stackalloc byte[32];
        ReadExactly(told);
        if (!CryptographicOperations.FixedTimeEquals(told, _hash.GetHashAndReset())) throw Broken("the digest does not fit");
    }

    public void Dispose() => _hash.Dispose();

    public static InvalidDataException Broken(string why) => new($"The saved state of the watcher cannot be used: {why}.");

    void Pass(Span<byte> bytes)
    {
        if (!isReading)
        {
            if (_at + bytes.Length > FrameSize) WriteFrame();
            bytes.CopyTo(_frame.AsSpan(_at));
            _at += bytes.Length;
            return;
        }
        if (_at == _length) ReadFrame();
        if (_at + bytes.Length > _length) throw Broken("a field is cut at the end of a frame");
        _frame.AsSpan(_at, bytes.Length).CopyTo(bytes);
        _at += bytes.Length;
    }

    void WriteFrame()
    {
        if (_at == 0) return;
        stream.Write(BitConverter.GetBytes(_at));
        stream.Write(_frame, 0, _at);
        _hash.AppendData(_frame, 0, _at);
        _at = 0;
    }

    void ReadFrame()
    {
        var length = ReadLength();
        if (length is <= 0 or > FrameSize) throw Broken($"a frame says that it has {length} bytes");
        ReadExactly(_frame.AsSpan(0, length));
        _hash.AppendData(_frame, 0, length);
        (_at, _length) = (0, length);
    }

    int ReadLength()
    {
        Span<byte> length = stackalloc byte[4];
        ReadExactly(length);
        return BitConverter.ToInt32(length);
    }

    void ReadExactly(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw Broken("it ends too early");
    }
}
