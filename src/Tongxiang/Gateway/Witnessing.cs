using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>Turns calls into evidence: who, by which right, which columns, how many rows – never what stood in them.</summary>
internal sealed class Witnessing(GatewaySources sources, NodeKey key)
{
    private const int FactsAtMost = 18;
    private readonly Watch.Pseudonyms pseudonyms = new(key);
    private readonly byte[] queries = key.Derive("gateway query digest");
    private readonly ConcurrentDictionary<Id<Version>, Receipt> ofVersions = new();

    /// <summary>Before the first row leaves. Open reads are counted and carry the receipt of their version.</summary>
    public async ValueTask<Receipt?> Answered(Call call, CancellationToken ct)
    {
        if (call.IsOpenRead)
        {
            sources.Count(call.Entry!.Slug, call.Version!.Number, call.Page!.Rows);
            return await OfVersion(call.Version, ct);
        }

        var facts = Facts(call);
        facts["columns"] = string.Join(',', call.Page!.Columns.Select(column => column.Field.Name));
        facts["rows"] = call.Page.Rows.ToString(CultureInfo.InvariantCulture);
        if (call.Claims is { } claims)
        {
            (facts["rows"], facts["matches"]) = (Number(claims.Items.Count), Number(claims.Matches));
            (facts["misses"], facts["refused"]) = (Number(claims.Misses), Number(claims.Items.Count - claims.Matches - claims.Misses));
            return await sources.Witness(Happening(call, "gateway.verified", facts) with { Disclosed = Persons(call, call.Page) }, ct);
        }

        facts["query"] = Digest(queries, call.Query.Text);
        return await sources.Witness(Happening(call, "gateway.answered", facts) with { Disclosed = Persons(call, call.Page) }, ct);
    }

    /// <summary>A page of a file names its persons before it leaves.</summary>
    public async ValueTask Disclosed(Call call, ServedPage page, CancellationToken ct)
    {
        if (Persons(call, page) is { Subjects.Count: > 0 } disclosed) await sources.Witness(Happening(call, Disclosures.PartKind, Facts(call)) with { Disclosed = disclosed }, ct);
    }

    // Whoever asks for a person by name and gets no row has learnt that there is none: the asked belong to the journal as the answered do.
    private static Disclosed? Persons(Call call, ServedPage page)
    {
        if (page.Subjects is not { } subjects || call.Entry is not { } entry || call.Plan is not { Subject: { } field } plan) return null;
        if (plan.Where is { } where && !(page.Rows == 1 && where is { Operator: PlanOperator.Eq, Negated: false } && where.Field!.Name == field.Name))
        {
            var asked = Subjects.AskedFor(where, field);
            if (asked.Count > 0)
                foreach (var subject in subjects) asked.Remove(Encoding.UTF8.GetString(subject.Utf8));
            foreach (var missing in asked) subjects.Add(Subjects.KindOf(field), Encoding.UTF8.GetBytes(missing));
        }
        return new Disclosed(entry.Id.ToString(), subjects);
    }

    // "Not one row" says of a person asked for by name whether there is one.
    private static Disclosed? Asked(Call call, Stop stop)
    {
        if (stop.Status is not (406 or 416) || call.Entry is not { } entry || call.Plan is not { Subject: { } field, Where: { } where }) return null;
        var asked = Subjects.AskedFor(where, field);
        if (asked.Count == 0) return null;
        var subjects = new SubjectList();
        foreach (var one in asked) subjects.Add(Subjects.KindOf(field), Encoding.UTF8.GetBytes(one));
        return new Disclosed(entry.Id.ToString(), subjects);
    }

    /// <summary>Before the first byte of a file: which version, which columns, by which right.</summary>
    public async ValueTask<Receipt?> Permitted(Call call, string columns, CancellationToken ct)
    {
        if (call.IsOpenRead) return await OfVersion(call.Version!, ct);
        var facts = Facts(call);
        facts["columns"] = columns;
        return await sources.Witness(Happening(call, "gateway.permitted", facts), ct);
    }

    /// <summary>After the last byte of a file, also when the reader went away.</summary>
    public async ValueTask Closed(Call call, long rows, long bytes, bool isWhole, CancellationToken ct)
    {
        if (call.IsOpenRead)
        {
            sources.Count(call.Entry!.Slug, call.Version!.Number, (int)Math.Min(rows, int.MaxValue));
            return;
        }

        var facts = Facts(call);
        facts["rows"] = rows.ToString(CultureInfo.InvariantCulture);
        facts["bytes"] = bytes.ToString(CultureInfo.InvariantCulture);
        facts["outcome"] = isWhole ? "whole" : "aborted";
        await sources.Witness(Happening(call, "gateway.closed", facts), ct);
    }

    /// <summary>A refusal is evidence too; what nobody signed in for, and what came too fast, is only counted.</summary>
    public static bool Witnesses(Call call, Stop stop) => !(call.Caller.IsAnonymous || stop.Status is 429 or 503 || call.IsOpenRead);

    public async ValueTask Stopped(Call call, Stop stop, CancellationToken ct)
    {
        if (!Witnesses(call, stop)) return;
        var facts = Facts(call);
        facts["code"] = stop.Code;
        var asked = Asked(call, stop);
        await sources.Witness(Happening(call, "gateway.refused", facts) with { Disclosed = asked }, ct);
        asked?.Subjects.Dispose();
    }

    /// <summary>Pseudonym of the person behind the call; made once.</summary>
    public string? Operator(Call call) => call.OperatorPseudonym ??= call.Context.Operative is { Length: > 0 } operative ? pseudonyms.Of(operative) : null;

    private async ValueTask<Receipt?> OfVersion(Version version, CancellationToken ct)
    {
        if (ofVersions.TryGetValue(version.Id, out var known)) return known;
        if (version.EvidenceId is null || await sources.Receipt(version.EvidenceId, ct) is not { } receipt) return null;
        return ofVersions[version.Id] = receipt;
    }

    private Dictionary<string, string> Facts(Call call)
    {
        var facts = new Dictionary<string, string>(FactsAtMost, StringComparer.Ordinal) { ["resource"] = QueryText(call.Resource), ["form"] = call.Form };
        if (call.Version is { } version)
        {
            facts["version"] = version.Number.ToString(CultureInfo.InvariantCulture);
            facts["digest"] = version.Digest;
        }

        if (call.Grant is { } grant)
        {
            facts["grant"] = grant.Number;
            if (grant.Emergency is { } emergency) facts["emergency"] = emergency;
            facts["matter"] = call.Context.Matter is { Length: > 0 } named ? named : grant.Matter;
        }

        if (call.Package is { } package) facts["package"] = package;
        if (call.Context.Case is { Length: > 0 } number) facts["case"] = number;
        if (Operator(call) is { } pseudonym) facts["operator"] = pseudonym;
        if (call.Context.OperatorAssurance is { } known && Operators.IsAssurance(known)) facts["operatorAssurance"] = known;
        return facts;
    }

    private static Happening Happening(Call call, string kind, Dictionary<string, string> facts)
    {
        var subject = call.Grant is { } grant ? $"grant:{grant.Id}" : call.Entry is { } entry ? $"entry:{entry.Id}" : $"resource:{QueryText(call.Resource)}";
        return new Happening(kind, call.Caller.Actor, call.Caller.Agency?.ToString(), subject, call.At, facts)
        {
            Parties = call.Entry is { } about ? [about.Agency.ToString()] : [],
        };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string QueryText(string text) => Query.QueryFault.Clip(text);

    private static string Digest(byte[] secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
