using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>What may be named in a query, worked out once per grant and version.</summary>
internal sealed class Scopes(GatewaySettings settings, Protections protections)
{
    private const int kept = 20_000;
    private readonly SizedMap<(Id<Grant>? Grant, Id<Version> Version, long Revision, long Proposed, long Protection, Audience Audience), Outcome<QueryScope>> known = new();

    public Outcome<QueryScope> Of(Entry entry, Version version, Grant? grant, Audience audience)
    {
        // A grade that a draft raises and a key that changes count at once, as a published change does.
        var key = (grant?.Id, version.Id, entry.Revision, entry.ChangedAt.ToUnixTimeMilliseconds(), protections.Generation, audience);
        if (known.TryGet(key, out var scope)) return scope;
        if (known.Size >= kept) known.Clear();
        return known.GetOrAdd(key, grant is null ? Open(entry, version) : Granted(entry, version, grant, AudienceOf(grant, audience)));
    }

    // A field can be stricter than its entry, and may have left it since: what is not open today does not exist for the public, in older versions too.
    // Nor does what was personal when it was landed: to call it something else now does not open the rows that stand.
    private Outcome<QueryScope> Open(Entry entry, Version version)
    {
        var now = entry.Content.Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);
        // The one exception is what passed the release gate: the version that was let become current while its entry opens data about persons.
        var isReleased = entry.Content.OpensPersons && entry.Content.Opening.Release is not null && version.State == VersionState.Current;
        bool IsOpen(Field field) => now.TryGetValue(field.Name, out var today) && (isReleased || !(field.IsPersonal || today.IsPersonal))
            && today.OpenClass is null or OpenClass.Open && field.OpenClass is null or OpenClass.Open;
        var open = version.Columns.Where(IsOpen).ToList();
        var protection = protections.Compile(entry, open, open.ToDictionary(field => field.Name, _ => new GivenForm(FieldForm.Plain), StringComparer.Ordinal), null, Audience.Outside);
        // For the public a column of nothing does not exist.
        return new QueryScope(entry.Slug, [.. protection.Fields.Where(f => protection.FormOf(f.Name).Form != FieldForm.Suppressed).Select(f => Column(f, protection))], null, Limits()) { Protection = protection };
    }

    private Outcome<QueryScope> Granted(Entry entry, Version version, Grant grant, Audience audience)
    {
        var forms = grant.Fields.ToDictionary(field => field.Name, field => field.Given(), StringComparer.Ordinal);
        Predicate? rows = null;
        if (grant.Rows.Length > 0)
        {
            // The filter of the grant speaks of the whole version; a filter that does not read any more closes the grant instead of opening it.
            var all = new QueryScope(entry.Slug, [.. version.Columns.Select(field => new ScopeColumn(field, false))]);
            if (QueryReader.ReadRows(grant.Rows, all, out rows) is not null || rows is null) return new Refusal(409, "gateway.grant-rows", grant.Number);
        }

        var protection = protections.Compile(entry, version.Columns, forms, (grant.ConsumerAgency?.ToString() ?? grant.ConsumerPerson?.ToString())!, audience);
        ScopeColumn[] columns = [.. protection.Fields.Select(field => Column(field, protection))];
        return columns.Length == 0 ? new Refusal(409, "gateway.grant-fields", grant.Number) : new QueryScope(entry.Slug, columns, rows, Limits()) { Protection = protection, Subject = Subjects.Of(version) };
    }

    // The lane is part of what was signed: whoever makes a package or a trace on the consumer's behalf does not change to whom the data go.
    private static Audience AudienceOf(Grant grant, Audience ofCaller) =>
        grant.Record.Contains("\"lane\":\"Sharing\"", StringComparison.Ordinal) ? Audience.Departments
        : grant.Record.Contains("\"lane\":\"Opening\"", StringComparison.Ordinal) ? Audience.Outside : ofCaller;

    private static ScopeColumn Column(Field field, Protection protection) => new(field, protection.FormOf(field.Name).Form != FieldForm.Plain);

    private QueryLimits Limits() => new() { Rows = settings.RowsPerAnswer };
}
