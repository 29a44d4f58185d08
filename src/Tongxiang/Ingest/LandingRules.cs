using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Ingest;

/// <summary>Who may land, and what a confirmation must say.</summary>
internal static class LandingRules
{
    public const long LargeBytes = 64 << 20;

    /// <summary>Stewards land for their own department; the platform itself for the demonstration and connectors.</summary>
    public static Refusal? MayLand(Caller caller, Entry entry) => caller == Caller.Platform || caller.Has(Role.Steward, entry.Agency) ? MayTake(entry)
        : entry.Agency == caller.Agency || entry.IsPublished ? Refusal.Forbidden("ingest.only-stewards")
        : Refusal.NotFound("entry");

    public static Refusal? Check(Confirmation confirmed, Run run)
    {
        var width = run.Proposal!.Layout.Names.Count;
        var places = confirmed.PlaceOfField;
        if (places.Keys.FirstOrDefault(n => run.Fields.All(f => f.Name != n)) is { } unknown) return Refusal.Invalid(new FieldError("placeOfField", "ingest.unknown-field", unknown));
        if (places.Values.Any(p => p < -1 || p >= width)) return Refusal.Invalid(new FieldError("placeOfField", "ingest.no-such-column", width));
        if (places.Values.Where(p => p >= 0).GroupBy(p => p).Any(g => g.Count() > 1)) return Refusal.Invalid(new FieldError("placeOfField", "ingest.column-twice"));
        var unplaced = run.Fields.Where(f => (f.IsRequired || run.Key.Contains(f.Name)) && places.GetValueOrDefault(f.Name, -1) < 0).ToList();
        if (unplaced.Count > 0) return Refusal.Invalid([.. unplaced.Select(f => new FieldError(f.Name, "ingest.needs-column", f.Title))]);
        return confirmed.FirstRow < 1 ? Refusal.Invalid(new FieldError("firstRow", "ingest.first-row")) : null;
    }

    /// <summary>Landings of one entry keep their order; a large file fills the memory meant for landings, so a second one waits while smaller ones pass.</summary>
    public static bool MayStart(Run run, IReadOnlyList<Run> under, int atOnce) =>
        under.Count < atOnce && under.All(u => u.Entry != run.Entry) && (run.Bytes < LargeBytes || under.All(u => u.Bytes < LargeBytes));

    private static Refusal? MayTake(Entry entry) => entry.State == EntryState.Retired ? Refusal.Conflict("ingest.retired", entry.Code)
        : entry.Content.Fields.Count == 0 ? new Refusal(422, "ingest.no-fields", entry.Code)
        : null;
}
