using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Protect;

/// <summary>One field as it might be given.</summary>
public sealed record PreviewWish(string Name, FieldForm Form, string? Detail = null);

/// <summary>What a preview shows: made-up values, or rows of the current version for the provider's own people.</summary>
public enum PreviewRows { Generated, Current }

/// <summary>A column of a preview, value beside protected value.</summary>
/// <param name="Form">The form it would leave in: stricter than wished where the grade wants it.</param>
/// <param name="Least">The measure of its grade.</param>
public sealed record PreviewColumn(string Name, string Title, FieldForm Form, string? Detail, FieldForm Least, IReadOnlyList<string?> Before, IReadOnlyList<string?> After);

/// <summary>Shows what a consumer would get, under keys of its own: a preview tells no pseudonym that is in use.</summary>
public sealed class Previews(Protections protections, Versions versions, ServingCopies copies, EvidenceLog evidence, TimeProvider clock)
{
    private const int shown = 3;
    private const string nobody = "preview";

    /// <summary>Value and protected value of each wished field.</summary>
    public async Task<Outcome<IReadOnlyList<PreviewColumn>>> Show(Caller caller, Entry entry, Audience audience, IReadOnlyList<PreviewWish> wishes, PreviewRows rows, CancellationToken ct)
    {
        if (caller.Person is null || caller.Agency != entry.Agency || !(caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead))) return Refusal.Forbidden("protect.own-data-only");
        var fields = wishes.Select(w => (Wish: w, Field: entry.Content.Fields.FirstOrDefault(f => f.Name == w.Name))).ToList();
        FieldError[] errors =
        [
            .. fields.Where(f => f.Field is null).Select(f => new FieldError($"fields.{Short(f.Wish.Name)}", "protect.no-field")),
            .. fields.Where(f => f.Field is not null).Select(f => Forms.Check($"fields.{f.Wish.Name}", f.Field!, f.Wish.Form, f.Wish.Detail)).OfType<FieldError>(),
        ];
        if (errors.Length > 0) return Refusal.Invalid(errors);
        var known = fields.DistinctBy(f => f.Wish.Name).Select(f => f.Field!).ToList();
        var given = wishes.DistinctBy(w => w.Name).ToDictionary(w => w.Name, w => new GivenForm(w.Form, w.Detail), StringComparer.Ordinal);
        using var page = rows == PreviewRows.Generated ? Generated(known) : await Current(caller, entry, known, ct);
        return page is null ? Refusal.Conflict("protect.no-rows") : (Outcome<IReadOnlyList<PreviewColumn>>)Compared(entry, known, given, audience, page);
    }

    /// <summary>What made-up values look like in the forms of a grant, for both of its sides.</summary>
    public IReadOnlyList<PreviewColumn> Example(Entry entry, Audience audience, IReadOnlyDictionary<string, GivenForm> given)
    {
        var known = entry.Content.Fields.Where(f => given.ContainsKey(f.Name)).ToList();
        using var page = Generated(known);
        return Compared(entry, known, given, audience, page);
    }

    private List<PreviewColumn> Compared(Entry entry, List<Field> fields, IReadOnlyDictionary<string, GivenForm> given, Audience audience, ServedPage page)
    {
        var before = fields.Select((_, i) => Cells(page, i)).ToList();
        var protection = protections.Example(entry, fields, given, nobody, audience);
        protection.Apply(page);
        return
        [
            .. fields.Select((field, i) =>
            {
                var leaves = protection.Fields.Any(f => f.Name == field.Name);
                var form = leaves ? protection.FormOf(field.Name) : new GivenForm(FieldForm.Suppressed);
                return new PreviewColumn(field.Name, field.Title, form.Form, form.Detail, Measures.Current.Of(entry, field, audience).Least, before[i], Cells(page, i));
            }),
        ];
    }

    private static ServedPage Generated(List<Field> fields)
    {
        var page = new ServedPage([.. fields.Select(f => new PlanColumn(f, f.Name))]);
        for (var row = 0; row < shown; row++) page.AddTexts(fields.Select(f => Samples.Of(Forms.KindOf(f), row)));
        return page;
    }

    private async Task<ServedPage?> Current(Caller caller, Entry entry, List<Field> fields, CancellationToken ct)
    {
        if (versions.Current(entry.Id) is not { } version) return null;
        var held = version.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (fields.Any(f => !held.Contains(f.Name))) return null;
        // Even the provider's own people look into data on record.
        await evidence.Witness(new Happening("protect.previewed", caller.Actor, caller.Agency?.ToString(), $"entry:{entry.Id}", clock.GetUtcNow(),
            new Dictionary<string, string>(StringComparer.Ordinal) { ["version"] = version.Id.ToString(), ["columns"] = string.Join(',', fields.Select(f => f.Name)), ["rows"] = $"{shown}" }), ct);
        var columns = fields.Select(f => new PlanColumn(version.Columns.First(c => c.Name == f.Name), f.Name)).ToList();
        var read = await copies.Read(version, new Plan(columns, null, [], shown, 0, null, PlanCount.None), ct);
        return read.IsRefused ? null : read.Value;
    }

    private static List<string?> Cells(ServedPage page, int column) => [.. Enumerable.Range(0, page.Rows).Select(row => page.Text(row, column))];

    private static string Short(string name) => name.Length > 60 ? name[..60] : name;
}
