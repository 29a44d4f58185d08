using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What a line of the inventory names: a system the department runs, a duty the law gives it, or a resource it should catalogue.</summary>
public enum InventoryKind { System, Duty, Resource }

/// <summary>A line somebody wants to add or change.</summary>
/// <param name="Purpose">What it is for, in words.</param>
/// <param name="Basis">The legal text of the duty with its article (System and Duty: required).</param>
/// <param name="RunBy">Who runs the system (System: required).</param>
/// <param name="Parent">Resource: the system or duty it comes from.</param>
/// <param name="Attaches">Resource: data should be attached to its entry.</param>
/// <param name="Opens">Resource: it should be open to the public, in whole or under conditions.</param>
/// <param name="Code">Resource: code of the own entry that catalogues it; empty while there is none.</param>
public sealed record InventoryWish(InventoryKind Kind, string Name, string Purpose, string Basis, string RunBy, Id<InventoryLine>? Parent = null, bool Attaches = false, bool Opens = false, string? Code = null);

/// <summary>A line of a department's inventory (系统与职责底账、应编目清单).</summary>
public sealed record InventoryLine(
    Id<InventoryLine> Id, Id<Agency> Agency, InventoryKind Kind, string Name, string Purpose, string Basis, string RunBy, Id<InventoryLine>? Parent, bool Attaches, bool Opens, Id<Entry>? Entry,
    long Revision, DateTimeOffset ChangedAt);

/// <summary>How far a resource that should be catalogued has come; every point follows from the entry itself.</summary>
public sealed record InventoryState(InventoryLine Line, string? Code, bool IsCatalogued, bool IsAttached, bool IsOpened)
{
    /// <summary>All that should be done is done.</summary>
    public bool IsComplete => IsCatalogued && (IsAttached || !Line.Attaches) && (IsOpened || !Line.Opens);
}

/// <summary>Coverage of one department: what should be there and what is.</summary>
/// <param name="SystemsCovered">Systems of which at least one resource is catalogued.</param>
public sealed record Coverage(
    Id<Agency> Agency, int Systems, int SystemsCovered, int Duties, int Resources, int Catalogued, int ToAttach, int Attached, int ToOpen, int Opened, IReadOnlyList<InventoryState> Missing);

/// <summary>What a line must say.</summary>
internal static class InventoryRules
{
    public static IReadOnlyList<FieldError> Check(InventoryWish wish)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text("name", wish.Name, 2, 200, isNeeded: true, always: true);
        book.Text("purpose", wish.Purpose, 2, 1000);
        book.Text("basis", wish.Basis, 4, 500, isNeeded: wish.Kind != InventoryKind.Resource, always: true);
        book.Text("runBy", wish.RunBy, 2, 200, isNeeded: wish.Kind == InventoryKind.System, always: true);
        if (wish.Kind == InventoryKind.Resource) return book.Findings.Errors;
        if (wish.Parent is not null) book.Error("parent", "catalog.only-resource");
        if (!string.IsNullOrWhiteSpace(wish.Code)) book.Error("code", "catalog.only-resource");
        if (wish.Attaches) book.Error("attaches", "catalog.only-resource");
        if (wish.Opens) book.Error("opens", "catalog.only-resource");
        return book.Findings.Errors;
    }
}
