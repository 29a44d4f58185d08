using System.Collections.Concurrent;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>What may be named in a query, worked out once per grant and version.</summary>
internal sealed class Scopes(GatewaySettings settings)
{
    private const int kept = 10_000;
    private readonly ConcurrentDictionary<(Id<Grant>? Grant, Id<Version> Version, long Revision), Outcome<QueryScope>> known = new();

    public Outcome<QueryScope> Of(Entry entry, Version version, Grant? grant)
    {
        if (known.Count > kept) known.Clear();
        return known.GetOrAdd((grant?.Id, version.Id, entry.Revision), _ => grant is null ? Open(entry, version) : Granted(entry, version, grant));
    }

    // A field can be stricter than its entry, and may have left it since: what is not open today does not exist for the public, in older versions too.
    // Nor does what was personal when it was landed: to call it something else now does not open the rows that stand.
    private Outcome<QueryScope> Open(Entry entry, Version version)
    {
        var now = entry.Content.Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        bool IsOpen(Field field) => !field.IsPersonal && now.TryGetValue(field.Name, out var today) && today.OpenClass is null or OpenClass.Open && field.OpenClass is null or OpenClass.Open;
        return new QueryScope(entry.Slug, [.. version.Columns.Where(IsOpen).Select(field => new ScopeColumn(field, false))], null, Limits());
    }

    private Outcome<QueryScope> Granted(Entry entry, Version version, Grant grant)
    {
        var forms = grant.Fields.ToDictionary(field => field.Name, field => field.Form, StringComparer.Ordinal);
        Predicate? rows = null;
        if (grant.Rows.Length > 0)
        {
            // The filter of the grant speaks of the whole version; a filter that does not read any more closes the grant instead of opening it.
            var all = new QueryScope(entry.Slug, [.. version.Columns.Select(field => new ScopeColumn(field, false))]);
            if (QueryReader.ReadRows(grant.Rows, all, out rows) is not null || rows is null) return new Refusal(409, "gateway.grant-rows", grant.Number);
        }

        ScopeColumn[] columns = [.. version.Columns.Where(field => forms.ContainsKey(field.Name)).Select(field => new ScopeColumn(field, forms[field.Name] == FieldForm.Masked))];
        return columns.Length == 0 ? new Refusal(409, "gateway.grant-fields", grant.Number) : new QueryScope(entry.Slug, columns, rows, Limits()) { Subject = Subjects.Of(version) };
    }

    private QueryLimits Limits() => new() { Rows = settings.RowsPerAnswer };
}
