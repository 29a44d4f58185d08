using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway;

/// <summary>Turns calls into evidence: who, by which right, which columns, how many rows – never what stood in them.</summary>
internal sealed class Witnessing(GatewaySources sources, NodeKey key)
{
    private readonly byte[] pseudonyms = key.Derive("gateway operator pseudonym");
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
        facts["query"] = Digest(queries, call.Query.Text);
        return await sources.Witness(Happening(call, "gateway.answered", facts), ct);
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
        await sources.Witness(Happening(call, "gateway.refused", facts), ct);
    }

    private async ValueTask<Receipt?> OfVersion(Version version, CancellationToken ct)
    {
        if (ofVersions.TryGetValue(version.Id, out var known)) return known;
        if (version.EvidenceId is null || await sources.Receipt(version.EvidenceId, ct) is not { } receipt) return null;
        return ofVersions[version.Id] = receipt;
    }

    private Dictionary<string, string> Facts(Call call)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["resource"] = QueryText(call.Resource), ["form"] = call.Form };
        if (call.Version is { } version)
        {
            facts["version"] = version.Number.ToString(CultureInfo.InvariantCulture);
            facts["digest"] = version.Digest;
        }

        if (call.Grant is { } grant)
        {
            facts["grant"] = grant.Number;
            facts["matter"] = call.Context.Matter is { Length: > 0 } named ? named : grant.Matter;
        }

        if (call.Context.Case is { Length: > 0 } number) facts["case"] = number;
        if (call.Context.Operative is { Length: > 0 } operative) facts["operator"] = Digest(pseudonyms, operative);
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

    private static string QueryText(string text) => Query.QueryFault.Clip(text);

    private static string Digest(byte[] secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
