using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Proxying;

/// <summary>Fetches the rows of a call from the provider's own system: the address of this call, the bounded answer, its check against the entry, and then the plan as for any other rows.</summary>
public sealed partial class Proxied(ProviderApis apis, ILogger<Proxied> log)
{
    private readonly ConcurrentDictionary<(Id<Entry> Entry, string Code), (long Times, string Detail)> alarms = new();

    internal ProviderApis.Connected? Of(Id<Entry> entry) => apis.Of(entry);

    internal async ValueTask<Outcome<ServedPage>> Fetch(Call call, ProviderApis.Connected connected, CancellationToken ct)
    {
        if (call.Plan!.After is not null) return new Refusal(400, "gateway.provider-after");
        var address = ProviderApiRules.Address(connected.Api, ProviderApiRules.Forwarded(connected.Api, call.Plan.Where));
        if (address.Refusal is { } unasked) return unasked;
        var body = await connected.Line.Ask(address.Value, call, ct);
        if (body.Refusal is { } refusal)
        {
            if (refusal.Status is 502 or 504) Alarm(connected.Api, refusal.Code, string.Join(' ', refusal.Args));
            return refusal;
        }

        try
        {
            using var table = body.Value is not { } json ? new AnswerTable(connected.Version) : ProviderAnswer.Read(json, connected.Api, connected.Version);
            return table.Read(call.Plan, ct);
        }
        catch (DriftException drift)
        {
            Alarm(connected.Api, "gateway.provider-drift", drift.Message);
            return new Refusal(502, "gateway.provider-drift", call.Entry!.Content.Name);
        }
    }

    /// <summary>Writes down what went wrong since the last time: the path of a call waits for no database.</summary>
    public async Task Tell(CancellationToken ct)
    {
        foreach (var key in alarms.Keys)
            if (alarms.TryRemove(key, out var alarm)) await apis.Alarm(key.Entry, key.Code, alarm.Detail, alarm.Times, ct);
    }

    private void Alarm(ProviderApi api, string code, string detail)
    {
        alarms.AddOrUpdate((api.Entry, code), (1, detail), (_, known) => (known.Times + 1, detail));
        Failed(log, api.Slug, code, detail);
    }

    [LoggerMessage(1850, LogLevel.Warning, "The provider's system behind {Resource} failed: {Code} {Detail}")]
    private static partial void Failed(ILogger log, string resource, string code, string detail);
}
