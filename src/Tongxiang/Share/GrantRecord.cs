using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Share;

/// <summary>The canonical record of a grant, as it is signed: its terms, the parties, and both sign-offs by their evidence ids.</summary>
public static class GrantRecord
{
    /// <param name="ownSignOff">Evidence of the applicant side's sign-off.</param>
    /// <param name="providerSignOff">Evidence of the provider side's.</param>
    public static string Write(Grant grant, Application application, Entry entry, Agency provider, Agency? consumer, string ownSignOff, string providerSignOff, string origin)
    {
        var record = new JsonObject
        {
            ["format"] = "tongxiang-grant-1",
            ["node"] = origin,
            ["terms"] = Terms(grant),
            ["basis"] = application.Wish.Basis,
            ["application"] = application.Number,
            ["lane"] = application.Lane.ToString(),
            ["resource"] = new JsonObject { ["code"] = entry.Code, ["slug"] = entry.Slug, ["revision"] = entry.Revision, ["name"] = entry.Content.Name },
            ["provider"] = Party(provider),
            ["consumer"] = consumer is null ? null : Party(consumer),
            ["agreement"] = application.Agreement,
            ["signOffs"] = new JsonObject { ["applicant"] = ownSignOff, ["provider"] = providerSignOff },
            ["issuedAt"] = Instant(grant.IssuedAt),
        };
        // The provider's sign-off is then the signature under the rule: the record says so.
        if (application.Reply?.Standing is { } standing) record["standing"] = standing.Number;
        return Text(record);
    }

    /// <summary>The record again with the terms as they stand now; everything else stays as it was signed first.</summary>
    internal static string Amend(Grant grant)
    {
        var record = JsonNode.Parse(grant.Record)!.AsObject();
        record["terms"] = Terms(grant);
        return Text(record);
    }

    /// <summary>Whether the signed record says exactly what the columns say that the gateway obeys.</summary>
    public static bool Says(Grant grant)
    {
        try
        {
            return JsonNode.Parse(grant.Record) is JsonObject record && record["terms"] is JsonObject terms && Text(terms) == Text(Terms(grant));
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }

    private static JsonObject Terms(Grant g)
    {
        var terms = Plain(g);
        // As with the fields: what a grant does not have is not written.
        if (g.Emergency is not null) terms["emergency"] = g.Emergency;
        if (g.ReturnFlow is not null) terms["returnFlow"] = g.ReturnFlow;
        if (g.Onward.Count > 0) terms["onward"] = new JsonArray([.. g.Onward.Select(Onward)]);
        return terms;
    }

    private static JsonObject Onward(OnwardRight o) => new()
    {
        ["number"] = o.Number,
        ["kind"] = o.Kind.ToString(),
        ["third"] = o.Third,
        ["matter"] = o.Matter,
        ["until"] = Instant(o.Until),
        ["signOff"] = o.SignOff,
    };

    private static JsonObject Plain(Grant g) => new()
    {
        ["id"] = g.Id.ToString(),
        ["number"] = g.Number,
        ["entry"] = g.Entry.ToString(),
        ["provider"] = g.Provider.ToString(),
        ["consumerAgency"] = g.ConsumerAgency?.ToString(),
        ["consumerPerson"] = g.ConsumerPerson?.ToString(),
        ["fields"] = new JsonArray([.. g.Fields.Select(Granted)]),
        ["rows"] = g.Rows,
        ["purpose"] = g.Purpose,
        ["matter"] = g.Matter,
        ["needsCase"] = g.NeedsCase,
        ["modes"] = new JsonArray([.. g.Modes.Select(m => JsonValue.Create(m.ToString()))]),
        ["hours"] = g.Limits.Hours is { } h ? new JsonObject { ["from"] = h.From, ["to"] = h.To } : null,
        ["networks"] = new JsonArray([.. g.Limits.Networks.Select(n => JsonValue.Create(n))]),
        ["callsPerMinute"] = g.Limits.CallsPerMinute,
        ["callsPerDay"] = g.Limits.CallsPerDay,
        ["rowsPerDay"] = g.Limits.RowsPerDay,
        ["lowestAssurance"] = g.LowestAssurance.ToString(),
        ["from"] = Instant(g.From),
        ["until"] = Instant(g.Until),
        ["providerResponsible"] = g.ProviderResponsible,
        ["consumerResponsible"] = g.ConsumerResponsible,
    };

    // What a record does not have is not written: records signed before there were parameters still say the same.
    private static JsonObject Granted(GrantedField field)
    {
        var granted = new JsonObject { ["name"] = field.Name, ["form"] = field.Form.ToString() };
        if (field.Detail is not null) granted["detail"] = field.Detail;
        if (field.Exception is { } exception) granted["exception"] = new JsonObject { ["upTo"] = exception.UpTo.ToString(), ["ground"] = exception.Ground };
        return granted;
    }

    private static JsonObject Party(Agency agency) => new() { ["name"] = agency.Name, ["creditCode"] = agency.CreditCode, ["slug"] = agency.Slug };

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Text(JsonObject value) => Encoding.UTF8.GetString(Canonical.Json(value));
}
