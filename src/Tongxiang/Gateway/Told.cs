using System.Net;
using System.Net.Sockets;
using Tongxiang.Core.Behaviour;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Watch;

namespace Tongxiang.Gateway;

/// <summary>Makes of a decided call what the watcher is told: ids, keyed digests and counts, never data.</summary>
internal sealed class Told(NodeKey key)
{
    private static readonly TimeSpan newFor = TimeSpan.FromDays(14);
    private readonly KeyedDigest digest = new(key.Derive("watch digests"));

    /// <summary>Null for a call that tells of nobody: anonymous, on open data, or for a resource that is none.</summary>
    public SeenCall? Of(Call call, Stop? stop, long rows, string? operative)
    {
        if (call.Entry is not { } entry || call.IsOpenRead || call.Caller.IsAnonymous) return null;
        var question = call.Claims is { Items.Count: 1 } claims ? claims.Asked.FirstOrDefault() : (Key: call.Plan?.Where, IsMatch: rows > 0);
        var asked = AskedKey.Of(question.Key, entry.Content.Key);
        var marks = Marks(call, stop, asked is not null && !question.IsMatch);
        var keyed = asked is { } one ? digest.Of(one.Text) : 0;
        var isSystem = call.Caller.Client is not null;
        return new SeenCall(
            call.At.ToUnixTimeMilliseconds(), call.Caller.Actor, call.Caller.Agency, call.Caller.AgencyKind, isSystem, operative, entry.Id, entry.Agency, call.Grant?.Id, Network(call.Address),
            keyed != 0 ? keyed : digest.Of(Query(call)), asked is { IsPersonal: true } ? keyed : 0, call.Context.Case is { Length: > 0 } matter ? digest.Of(matter) : 0, asked?.Ordinal ?? -1,
            (int)Math.Min(rows, int.MaxValue), Columns(call), marks, call.Assurance >= Assurance.SignedAssertion || !isSystem, Calls.IsSensitive(call));
    }

    /// <summary>The questions of an answered verification that asked several, each as what a call for that one key tells: a miss hides in no crowd.</summary>
    public IEnumerable<SeenCall> Parts(Call call, SeenCall whole)
    {
        if (call.Claims is not { Items.Count: > 1 } claims) yield break;
        foreach (var (key, isMatch) in claims.Asked)
        {
            if (AskedKey.Of(key, call.Entry!.Content.Key) is not { } asked) continue;
            var keyed = digest.Of(asked.Text);
            yield return whole with { Key = keyed, Subject = asked.IsPersonal ? keyed : 0, Ordinal = asked.Ordinal, Rows = 0, Marks = whole.Marks & CallMarks.NewGrant | CallMarks.Part | (isMatch ? CallMarks.None : CallMarks.Missed) };
        }
    }

    // Each set of questions is another query, as each list of keys is to the data API.
    private static string Query(Call call) =>
        call.Claims is { } claims ? string.Join('\u001f', claims.Items.SelectMany(item => item.Key.Values)) : call.Query.Text;

    private static CallMarks Marks(Call call, Stop? stop, bool isMissed)
    {
        var marks = stop is null ? CallMarks.None : CallMarks.Refused;
        marks |= stop?.Code switch
        {
            "gateway.outside-hours" => CallMarks.OutsideHours,
            "gateway.outside-network" => CallMarks.OutsideNetworks,
            "gateway.other-matter" => CallMarks.OutsideMatter,
            "gateway.needs-case" => CallMarks.NoCase,
            _ => CallMarks.None,
        };
        if (stop is null && isMissed) marks |= CallMarks.Missed;
        if (call.Grant is { } grant && call.At - grant.IssuedAt < newFor) marks |= CallMarks.NewGrant;
        return stop is null && IsNamesake(call) ? marks | CallMarks.Namesake : marks;
    }

    // Known only of people who have signed in here: a system names its operators by pseudonyms of its own.
    private static bool IsNamesake(Call call)
    {
        if (call.Caller is not { Client: null, Person: not null, Name: { Length: > 1 } name } || call.Page is not { Rows: 1 } page) return false;
        for (var i = 0; i < page.Columns.Count; i++)
            if (page.Columns[i].Field.Element == "person-name" && page.Text(0, i) == name) return true;
        return false;
    }

    private static ulong Columns(Call call)
    {
        if (call.Plan is not { } plan) return 0;
        ulong bits = 0;
        var fields = call.Entry!.Content.Fields;
        for (var i = 0; i < plan.Columns.Count; i++)
            for (var at = 0; at < Math.Min(64, fields.Count); at++)
                if (ReferenceEquals(fields[at], plan.Columns[i].Field) || fields[at].Name == plan.Columns[i].Field.Name) bits |= 1UL << at;
        return bits;
    }

    private uint Network(IPAddress? address)
    {
        if (address is null) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out _)) return 0;
        if (address.AddressFamily == AddressFamily.InterNetwork) return (uint)(bytes[0] << 16 | bytes[1] << 8 | bytes[2]);
        // The upper part names the provider's block, the lower the site in it, as /16 and /24 do.
        return (uint)digest.Of((ReadOnlySpan<byte>)bytes[..4]) << 8 | (byte)digest.Of((ReadOnlySpan<byte>)bytes[..6]);
    }
}
