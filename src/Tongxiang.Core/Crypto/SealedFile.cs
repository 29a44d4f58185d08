namespace Tongxiang.Core.Crypto;

/// <summary>
/// Our own files at rest: frames of 1 MiB, each authenticated with its number, the header and whether it is the last.
/// Any changed, missing, added or moved byte makes reading fail with <see cref="InvalidDataException"/>.
/// </summary>
public static class SealedFile
{
    /// <summary>A stream to write clear bytes into; call <see cref="SealedStream.Complete"/> at the end, or the file does not open.</summary>
    public static SealedStream Write(Stream to, SealKey key, bool leaveOpen = false, int frameSize = SealedHeader.DefaultFrame) =>
        new SealedStream(to, SealedHeader.New(key, frameSize), key, leaveOpen);

    /// <summary>A seekable stream of the clear bytes; reads only the frames asked for.</summary>
    public static Stream Read(Stream from, Func<string, SealKey> keyById, bool leaveOpen = false)
    {
        var header = SealedHeader.Read(from);
        return new SealedReader(from, header, keyById(header.KeyId), leaveOpen);
    }

    /// <summary>The id of the key that opens the file, without opening it.</summary>
    public static string KeyId(Stream from) => SealedHeader.Read(from).KeyId;
}
