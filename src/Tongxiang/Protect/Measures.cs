using System.Collections.Frozen;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>To whom data leave: to departments by sharing, or outside by opening.</summary>
public enum Audience { Departments, Outside }

/// <summary>What a field tells of somebody.</summary>
public enum FieldGroup
{
    /// <summary>Names one person: number, name, card, plate.</summary>
    Identity,

    /// <summary>Where to find one person: phone, address, mail.</summary>
    Contact,

    /// <summary>Anything else about a person.</summary>
    Personal,
    Other,
}

/// <summary>The least protection of a group of fields of one grade for one audience, with where it stands.</summary>
/// <param name="MayExcept">Whether the provider's head can give a ground for a plainer form.</param>
/// <param name="Evidence">How far the source was verified.</param>
public sealed record Measure(Grade Grade, Audience Audience, FieldGroup Group, FieldForm Least, bool MayExcept, string Source, RuleGrade Evidence);

/// <summary>Which measure each grade demands: versioned data, not code.</summary>
public sealed class Measures
{
    private readonly FrozenDictionary<(Grade, Audience, FieldGroup), Measure> all;
    private readonly FrozenSet<string> sealedLabels;
    private readonly Grade sealedFrom;

    private Measures(Table table)
    {
        Version = table.Version;
        (sealedLabels, sealedFrom) = (table.SealedLabels.ToFrozenSet(StringComparer.OrdinalIgnoreCase), table.SealedFrom);
        All = [.. table.Measures.SelectMany(Rows)];
        all = All.ToFrozenDictionary(m => (m.Grade, m.Audience, m.Group));
    }

    /// <summary>The table that ships.</summary>
    public static Measures Current { get; } = Read();

    public string Version { get; }

    public IReadOnlyList<Measure> All { get; }

    public static FieldGroup GroupOf(Field field) => Forms.KindOf(field) switch
    {
        ElementKind.CitizenId or ElementKind.PersonName or ElementKind.BankCard or ElementKind.Plate => FieldGroup.Identity,
        ElementKind.Mobile or ElementKind.Phone or ElementKind.Email or ElementKind.Address when field.IsPersonal => FieldGroup.Contact,
        _ => field.IsPersonal ? FieldGroup.Personal : FieldGroup.Other,
    };

    /// <summary>The grade that counts today: the field's in the entry as published, or a higher one that a change on its way proposes.</summary>
    public static Grade GradeOf(Entry entry, Field field)
    {
        // Suspected important or core data get the stricter measure at once, not when the change is published.
        var grade = Named(entry.Content, field.Name)?.Grade ?? field.Grade;
        if (SuspectedOf(entry) is not { } suspected) return entry.Content.Grade == Grade.Core ? Grade.Core : grade;
        if (suspected.Fields.TryGetValue(field.Name, out var proposed) && proposed > grade) grade = proposed;
        return entry.Content.Grade == Grade.Core || suspected.Entry == Grade.Core ? Grade.Core : grade;
    }

    /// <summary>The measure that holds for a field of an entry.</summary>
    public Measure Of(Entry entry, Field field, Audience audience)
    {
        var grade = GradeOf(entry, field);
        var measure = all[(grade, audience, GroupOf(field))];
        // A label of core data by local rules: those fields leave sealed to the consumer's key.
        return IsSealed(entry) && grade >= sealedFrom && !Forms.Meets(measure.Least, FieldForm.Encrypted) ? measure with { Least = FieldForm.Encrypted, MayExcept = false } : measure;
    }

    /// <summary>The form a field leaves in: as granted, or stricter where the present grade wants it. Null: it never leaves.</summary>
    public GivenForm? Effective(Entry entry, Field field, GivenForm given, Audience audience)
    {
        var grade = GradeOf(entry, field);
        if (grade == Grade.Core) return null;
        var measure = Of(entry, field, audience);
        if (Forms.Meets(given.Form, measure.Least) || measure.MayExcept && given.ExceptUpTo is { } most && grade <= most) return given;
        return new GivenForm(measure.Least);
    }

    /// <summary>What is proposed for a field: the least that its grade allows.</summary>
    public GivenForm Propose(Entry entry, Field field, Audience audience) => new(Of(entry, field, audience).Least);

    private bool IsSealed(Entry entry) => IsSealing(entry.Content.LocalLabel) || IsSealing(SuspectedOf(entry)?.Label);

    // The catalogue in memory keeps the suspicion alone, an entry from the store the whole draft.
    private static Suspicion? SuspectedOf(Entry entry) => entry.Suspected ?? Suspicion.Of(entry);

    private bool IsSealing(string? label) => label is not null && sealedLabels.Contains(label.Trim());

    private static Field? Named(EntryContent content, string name)
    {
        foreach (var field in content.Fields)
            if (field.Name == name) return field;
        return null;
    }

    private static IEnumerable<Measure> Rows(Row row) =>
    [
        new(row.Grade, row.Audience, FieldGroup.Identity, row.Identity, row.MayExcept, row.Source, row.Evidence),
        new(row.Grade, row.Audience, FieldGroup.Contact, row.Contact, row.MayExcept, row.Source, row.Evidence),
        new(row.Grade, row.Audience, FieldGroup.Personal, row.Personal, row.MayExcept, row.Source, row.Evidence),
        new(row.Grade, row.Audience, FieldGroup.Other, row.Other, row.MayExcept, row.Source, row.Evidence),
    ];

    private static Measures Read()
    {
        using var stream = typeof(Measures).Assembly.GetManifestResourceStream("Tongxiang.Protect.measures.json")!;
        return new Measures(JsonSerializer.Deserialize<Table>(stream, Wire.Json)!);
    }

    private sealed record Table(string Version, string[] SealedLabels, Grade SealedFrom, Row[] Measures);

    private sealed record Row(Grade Grade, Audience Audience, FieldForm Identity, FieldForm Contact, FieldForm Personal, FieldForm Other, bool MayExcept, string Source, RuleGrade Evidence);
}
