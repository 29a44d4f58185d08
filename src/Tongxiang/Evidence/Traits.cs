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
