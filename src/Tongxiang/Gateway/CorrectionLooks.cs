using System.Net;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>Looks up the record that a correction is about: for a consumer by the steps of every call under its right of use, on record like any look; for the provider in its own version.</summary>
public sealed class CorrectionLooks(Calls calls, GatewaySources sources, ServingCopies copies, TimeProvider clock, IdentitySettings? identity = null)
{
    public const string Form = "correction";

    /// <summary>What stands as the case number where personal data are looked up for a correction.</summary>
    public const string Case = "JH";

    private static readonly Mode[] Modes = [Mode.Api, Mode.File, Mode.Batch, Mode.Subscription];

    public async ValueTask<Outcome<SeenRecord?>> See(Caller caller, Entry entry, Grant? grant, IReadOnlyDictionary<string, string> key, IPAddress? from, CancellationToken ct)
    {
        // Whether a named person stands in the data is personal too.
        if (entry.Content.Fields.Any(f => f.IsPersonal) && SecondFactorRules.ForPersonalData(identity?.SecondFactor ?? SecondFactorUse.Off, caller) is { } weak) return weak;
        return grant is null ? await Own(caller, entry, key, ct) : await Under(caller, entry, grant, key, from, ct);
    }

    private async Task<Outcome<SeenRecord?>> Under(Caller caller, Entry entry, Grant grant, IReadOnlyDictionary<string, string> key, IPAddress? from, CancellationToken ct)
    {
        // Whoever is only told yes or no does not see a record, and cannot say what is wrong in it.
        if (!Modes.Any(grant.Modes.Contains)) return new Refusal(409, "gateway.correction-no-row", grant.Number);
        var call = new Call
        {
            Resource = entry.Slug,
            Query = new QueryText("?limit=2"),
            Caller = caller,
            Assurance = Assurance.SignedAssertion,
            Address = from,
            Context = new CallPurpose(grant.Matter, Case, caller.Person?.ToString()) { OperatorAssurance = Operators.OwnSession, IsOwnOperator = true },
            Form = Form,
            Mode = Modes.First(grant.Modes.Contains),
            Under = grant.Id,
            Adjust = (scope, plan) => Narrow(entry, key, scope, plan),
            At = clock.GetUtcNow(),
        };
        var stop = await DataFace.Try(calls, sources, call, ct);
        using var page = call.Page;
        if (stop is not null) return stop.Refusal ?? new Refusal(stop.Status, "gateway.correction-not-read");
        return page!.Rows == 1 ? Seen(entry, page) : (SeenRecord?)null;
    }

    // The provider reads its own data; that it did is on record all the same.
    private async Task<Outcome<SeenRecord?>> Own(Caller caller, Entry entry, IReadOnlyDictionary<string, string> key, CancellationToken ct)
    {
        if (caller.Agency != entry.Agency) return Refusal.NotFound(entry.Id.ToString());
        if (sources.Current(entry.Id) is not { } version) return new Refusal(409, "gateway.correction-no-row", entry.Slug);
        if (Where(version.Columns, entry, key) is not { } where) return Refusal.Invalid(new FieldError("key", "share.correction-field.key-form"));
        var columns = version.Key.Select(k => new PlanColumn(version.Columns.First(f => f.Name == k), k)).ToList();
        var read = await copies.Read(version, new Plan(columns, where, [], 2, 0, null, PlanCount.None) { Subject = Subjects.Of(version) }, ct);
        if (read.IsRefused) return read.Refusal!;
        using var page = read.Value;
        await sources.Witness(
            new Happening("share.correction-look", caller.Actor, caller.Agency?.ToString(), $"entry:{entry.Id}", clock.GetUtcNow(), new Dictionary<string, string> { ["resource"] = entry.Slug, ["rows"] = page.Rows == 1 ? "1" : "0" }), ct);
        return page.Rows == 1 ? Seen(entry, page) : (SeenRecord?)null;
    }

    private static Outcome<Plan> Narrow(Entry entry, IReadOnlyDictionary<string, string> key, QueryScope scope, Plan plan)
    {
        // What the right gives masked cannot narrow: whoever gets no key in clear reports by field.
        if (!entry.Content.Key.All(name => scope.Find(name) is { IsMasked: false })) return new Refusal(409, "gateway.correction-key-hidden");
        var columns = scope.Columns.Select(c => c.Field).ToList();
        if (Where(columns, entry, key) is not { } where) return Refusal.Invalid(new FieldError("key", "share.correction-field.key-form"));
        return plan with { Where = where, Columns = [.. entry.Content.Key.Select(name => new PlanColumn(columns.First(f => f.Name == name), name))] };
    }

    private static Predicate? Where(IReadOnlyList<Field> columns, Entry entry, IReadOnlyDictionary<string, string> key)
    {
        var parts = new List<Predicate>();
        foreach (var name in entry.Content.Key)
        {
            if (columns.FirstOrDefault(f => f.Name == name) is not { } field || !CallContext.Takes(key[name])) return null;
            if (Literals.Compare(field, PlanOperator.Eq, ClaimForms.Of(field, key[name])) is not { } part) return null;
            parts.Add(part);
        }
        return parts.Count == 0 ? null : Predicate.All(parts);
    }

    private static SeenRecord Seen(Entry entry, ServedPage page)
    {
        string? subject = null;
        if (page.Subjects is { } subjects)
            foreach (var one in subjects) subject ??= Encoding.UTF8.GetString(one.Utf8);
        return new SeenRecord(entry.Content.Key.ToDictionary(name => name, name => page.Text(0, Place(page, name)) ?? "", StringComparer.Ordinal), subject);
    }

    private static int Place(ServedPage page, string name)
    {
        for (var i = 0; i < page.Columns.Count; i++)
            if (page.Columns[i].Field.Name == name) return i;
        return -1;
    }
}
