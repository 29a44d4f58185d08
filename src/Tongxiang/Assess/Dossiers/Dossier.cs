using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>What a dossier (卷宗) is about.</summary>
public enum DossierKind { Department, Grant, Incident, Period }

/// <summary>Which dossier is wanted.</summary>
/// <param name="Key">Name of the department (<c>transport</c>), number of the right or the incident; empty for a period.</param>
/// <param name="From">First day, in Beijing time; null: no bound.</param>
/// <param name="Until">Last day, itself included.</param>
public sealed record DossierAsk(DossierKind Kind, string Key, DateOnly? From = null, DateOnly? Until = null)
{
    internal DateTimeOffset? Begin => From is { } day ? WorkCalendar.Begin(day) : null;

    internal DateTimeOffset? End => Until is { } day ? WorkCalendar.Begin(day.AddDays(1)) : null;
}

/// <summary>What a dossier will hold.</summary>
/// <param name="Entries">Entries of the evidence log that it proves.</param>
/// <param name="Volumes">Files it comes in; each is whole by itself.</param>
public sealed record DossierOutline(DossierAsk Ask, string Title, long Entries, int Volumes);

/// <summary>Which entries of the log are wanted; the caller has been authorised.</summary>
internal sealed record EvidenceWanted(OpeningReader Reader, OpeningQuery Query);

/// <summary>A dossier that may be made: whose it is, which evidence belongs to it and how its letters are written.</summary>
/// <param name="Title">In Chinese; names of parties as they are.</param>
/// <param name="Eye">How far the asker reads openings.</param>
internal sealed record DossierPlan(DossierAsk Ask, string Title, Caller Caller, OpeningReader Eye, IReadOnlyList<EvidenceWanted> Evidence, Func<LetterPress, CancellationToken, Task> Letters);

/// <summary>Numbers the letters of one volume as they are written.</summary>
internal sealed class LetterPress(string number)
{
    private readonly List<(string Path, byte[] Bytes)> letters = [];

    public IReadOnlyList<(string Path, byte[] Bytes)> Letters => letters;

    public void Add(string name, TextKey title, Action<LetterHtml> write)
    {
        var place = letters.Count + 1;
        var letter = new LetterHtml($"{number}-{PaperName.Of(place)}", title);
        write(letter);
        letters.Add(($"letters/{PaperName.Of(place)}-{name}.html", letter.Bytes()));
    }
}

/// <summary>Where a volume begins: the end of the log that the dossier is frozen at, the query and its cursor.</summary>
internal readonly record struct DossierPlace(long End, int Query, string? After)
{
    public static DossierPlace? Read(string? text)
    {
        if (text is null || text.Split('.') is not { Length: 3 } parts) return null;
        return long.TryParse(parts[0], out var end) && end >= 0 && int.TryParse(parts[1], out var query) && query is >= 0 and < 10 ? new DossierPlace(end, query, parts[2].Length == 0 ? null : parts[2]) : null;
    }

    public override string ToString() => $"{End}.{Query}.{After}";
}
