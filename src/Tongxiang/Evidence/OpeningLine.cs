using System.Text;
using System.Text.Json;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>An opening as one line of a file, <c>{"index":…,"salt":Base64,"record":"…"}</c>, for whoever checks it without the node.</summary>
public static class OpeningLine
{
    private sealed record Line(long Index, string Salt, string Record);

    public static string Write(Opening opening) => JsonSerializer.Serialize(new Line(opening.Index, Convert.ToBase64String(opening.Salt), opening.Record), Wire.Json);

    /// <exception cref="FormatException">The line is no opening.</exception>
    public static Opening Read(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize<Line>(text, Wire.Json) is not { Index: >= 0, Salt: not null, Record: not null } line) throw new FormatException("A line is no opening: {\"index\":…,\"salt\":…,\"record\":…} is wanted.");
            var record = Record.Read(Encoding.UTF8.GetBytes(line.Record));
            return new Opening(line.Index, record.Id, record.Happening, Convert.FromBase64String(line.Salt), line.Record);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentNullException or NullReferenceException)
        {
            throw new FormatException("A line is no opening: " + e.Message, e);
        }
    }

    /// <summary>The entry of the public log that the opening claims to be.</summary>
    public static byte[] Entry(Opening opening) => Record.Commitment(opening.Salt, Encoding.UTF8.GetBytes(opening.Record));
}
