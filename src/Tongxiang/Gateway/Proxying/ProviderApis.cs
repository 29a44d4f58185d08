using System.Collections.Frozen;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Version = Tongxiang.Warehouse.Version;

namespace Tongxiang.Gateway.Proxying;

/// <summary>The front door of proxied provider APIs: declared by the provider's steward, approved by the bureau, kept as an immutable snapshot for the calls.</summary>
public sealed class ProviderApis(Db db, GatewaySources sources, NodeKey nodeKey, GatewaySettings settings, EvidenceLog evidence, TimeProvider clock) : IDisposable
{
    private readonly HttpMessageInvoker http = new(Handler(settings.AllowedPrivateHosts));
    private readonly SemaphoreSlim following = new(1, 1);
    private volatile FrozenDictionary<Id<Entry>, Connected> inUse = FrozenDictionary<Id<Entry>, Connected>.Empty;

    /// <summary>A connection in use with its way to the provider and the version that stands for its rows.</summary>
    internal sealed record Connected(ProviderApi Api, ProviderLine Line, Version Version);

    internal Connected? Of(Id<Entry> entry) => inUse.GetValueOrDefault(entry);

    /// <summary>Declares a connection, or a change of one: what is in use stays until the bureau has approved.</summary>
    public async Task<Outcome<ProviderApi>> Propose(Caller caller, ProviderApiWish wish, CancellationToken ct)
    {
        if (sources.BySlug(wish.Resource) is not { IsPublished: true } entry || caller.Person is null || !caller.Has(Role.Steward, entry.Agency)) return Refusal.Forbidden("gateway.provider-steward");
        var known = await Newest(entry.Slug, entry.Id, ct) is { } before && ProviderApiRules.KeepsSecret(before, wish) ? await Secret(before, ct) : null;
        if (ProviderApiRules.Wrong(wish, entry, settings, known is not null).ToArray() is { Length: > 0 } wrong) return Refusal.Invalid(wrong);
        if (sources.Current(entry.Id) is not null) return Refusal.Conflict("gateway.provider-landed", entry.Content.Name);
        if (entry.Content.OpensPersons) return Unassessed(entry);
        return await db.Commit<Outcome<ProviderApi>>(async tx =>
        {
            var revision = await tx.Next($"gateway.provider.{entry.Id}");
            var api = new ProviderApi(
                entry.Id, revision, entry.Slug, entry.Agency, ProviderApiState.Proposed, wish.Address, wish.Parameters ?? [], wish.Items ?? "", wish.Fields ?? new Dictionary<string, string>(), wish.Auth, wish.AuthName,
                wish.TimeoutMs, wish.MostBytes, wish.MostRows, wish.TellsContext, caller.Actor, clock.GetUtcNow(), null, null);
            await Insert(tx, api, (wish.Secret is { Length: > 0 } given ? given : known) is { } secret && wish.Auth != ProviderAuth.None ? nodeKey.Wrap(Encoding.UTF8.GetBytes(secret), Context(entry.Id, revision)) : null);
            await evidence.Append(tx, Told(api, "gateway.provider-proposed", caller));
            return api;
        }, ct);
    }

    /// <summary>The bureau lets the newest declaration into use.</summary>
    public Task<Outcome<ProviderApi>> Approve(Caller caller, string slug, CancellationToken ct) => Decide(caller, slug, ProviderApiState.Approved, "gateway.provider-approved", ct);

    /// <summary>The provider or the bureau takes a connection out of use.</summary>
    public Task<Outcome<ProviderApi>> Stop(Caller caller, string slug, CancellationToken ct) => Decide(caller, slug, ProviderApiState.Stopped, "gateway.provider-stopped", ct);

    /// <summary>Asks the newest declaration once, past the breaker and within its limits, and says whether the answer is as declared; no row of it leaves.</summary>
    public async Task<Outcome<ProviderTrial>> Try(Caller caller, string slug, ProviderTrialWish wish, CancellationToken ct)
    {
        if (sources.BySlug(slug) is not { } entry || caller.Person is null || !caller.Has(Role.Steward, entry.Agency)) return Refusal.Forbidden("gateway.provider-steward");
        if (await Newest(slug, entry.Id, ct) is not { } api) return Refusal.NotFound(Query.QueryFault.Clip(slug));
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, value) in wish.Values ?? new Dictionary<string, string>())
        {
            if (api.Parameters.FirstOrDefault(p => p.Column == column) is not { } parameter) return Refusal.Invalid(new FieldError("values", "gateway.provider-column", Query.QueryFault.Clip(column)));
            if (value is { Length: > 0 and <= 200 }) values[parameter.Name] = value;
        }

        var address = ProviderApiRules.Address(api, values);
        if (address.Refusal is { } unasked) return unasked;
        var began = clock.GetTimestamp();
        using var line = new ProviderLine(api, await Secret(api, ct), http, settings, clock);
        var answer = await line.Ask(address.Value, null, ct);
        var trial = Judge(api, entry, answer) with { TookMs = (long)clock.GetElapsedTime(began).TotalMilliseconds };
        await db.Commit(tx => evidence.Append(tx, Told(api, "gateway.provider-tried", caller, trial.Code ?? "answered")), ct);
        return trial;
    }

    private ProviderTrial Judge(ProviderApi api, Entry entry, Outcome<ReadOnlyMemory<byte>?> answer)
    {
        var trial = new ProviderTrial(api.Slug, api.Revision, null, null, 0, 0, 0);
        if (answer.Refusal is { } refusal) return trial with { Code = refusal.Code, Detail = string.Join(' ', refusal.Args) };
        // No such row is an answer too.
        if (answer.Value is not { } body) return trial;
        try
        {
            using var table = ProviderAnswer.Read(body, api, VersionOf(api, entry, ""));
            return trial with { Rows = table.Rows, Bytes = body.Length };
        }
        catch (DriftException drift)
        {
            return trial with { Code = "gateway.provider-drift", Detail = drift.Message, Bytes = body.Length };
        }
    }

    /// <summary>The connections the caller may see, what went wrong with them, and how those in use do now.</summary>
    public async Task<ProviderApiList> Overview(Caller caller, CancellationToken ct)
    {
        var all = await List(caller, ct);
        var own = all.Select(api => api.Entry).ToHashSet();
        return new(all, await Alarms(own, ct), null)
        {
            Health = [.. inUse.Values.Where(c => own.Contains(c.Api.Entry)).OrderBy(c => c.Api.Slug, StringComparer.Ordinal).Select(c => new ProviderHealth(c.Api.Slug, c.Api.Revision, c.Line.Breaker))],
        };
    }

    /// <summary>Connections of the caller's agency; the bureau sees all.</summary>
    public async Task<IReadOnlyList<ProviderApi>> List(Caller caller, CancellationToken ct) =>
        caller.IsBureau ? await db.List(Select.Then($" order by slug, revision desc limit 1000"), Read, ct)
        : caller.Agency is { } agency && caller.IsGovernment ? await db.List(Select.Then($" where agency = {agency} order by slug, revision desc limit 1000"), Read, ct) : [];

    private async Task<IReadOnlyList<ProviderAlarm>> Alarms(IEnumerable<Id<Entry>> entries, CancellationToken ct)
    {
        var own = entries.Select(entry => entry.ToString()).ToList();
        return await db.List(
            $"""
            select distinct p.slug, a.code, a.detail, a.first_at, a.last_at, a.times from gateway_provider_alarm a join gateway_provider_api p on p.entry_id = a.entry_id
            where a.entry_id in {own} order by a.last_at desc limit 200
            """, r => new ProviderAlarm(r.GetString(0), r.GetString(1), r.GetString(2), r.Instant(3), r.Instant(4), r.GetInt64(5)), ct);
    }

    internal Task<int> Alarm(Id<Entry> entry, string code, string detail, long times, CancellationToken ct) => db.Run(
        $"""
        insert into gateway_provider_alarm (entry_id, code, detail, first_at, last_at, times) values ({entry}, {code}, {detail}, {clock.GetUtcNow()}, {clock.GetUtcNow()}, {times})
        on conflict (entry_id, code) do update set detail = excluded.detail, last_at = excluded.last_at, times = gateway_provider_alarm.times + excluded.times
        """, ct);

    /// <summary>Takes over what was approved or stopped, here or on another copy of the node; a connection that did not change keeps its breaker.</summary>
    public async Task Follow(CancellationToken ct)
    {
        await following.WaitAsync(ct);
        try
        {
            var approved = await db.List(Select.Then($" where state = {ProviderApiState.Approved}"), Read, ct);
            var next = new Dictionary<Id<Entry>, Connected>();
            foreach (var api in approved.GroupBy(a => a.Entry).Select(g => g.MaxBy(a => a.Revision)!))
            {
                if (sources.BySlug(api.Slug) is not { } entry || entry.Id != api.Entry || entry.Content.OpensPersons) continue;
                next[api.Entry] = inUse.TryGetValue(api.Entry, out var known) && known.Api.Revision == api.Revision && known.Version.Columns.SequenceEqual(entry.Content.Fields) ? known : await Connect(api, entry, ct);
            }

            inUse = next.ToFrozenDictionary();
        }
        finally
        {
            following.Release();
        }
    }

    // Rows that come live from a provider were never assessed: data about persons open to anyone leave by landed versions only.
    private static Refusal Unassessed(Entry entry) => Refusal.Conflict("gateway.provider-persons", entry.Content.Name);

    public void Dispose()
    {
        http.Dispose();
        following.Dispose();
        foreach (var connected in inUse.Values) connected.Line.Dispose();
    }

    // The trace of a call is ours: its ids do not travel either.
    private static SocketsHttpHandler Handler(IReadOnlyCollection<string> allowed)
    {
        var handler = Share.PublicAddress.Handler(allowed);
        handler.ActivityHeadersPropagator = null;
        handler.AutomaticDecompression = System.Net.DecompressionMethods.None;
        return handler;
    }

    private async Task<Connected> Connect(ProviderApi api, Entry entry, CancellationToken ct)
    {
        var secret = await Secret(api, ct);
        // The rows have no version of their own; what is known of them is the connection they came by.
        var digest = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(api, Wire.Json)));
        return new Connected(api, new ProviderLine(api, secret, http, settings, clock), VersionOf(api, entry, digest));
    }

    private Version VersionOf(ProviderApi api, Entry entry, string digest) => new(
        Id<Version>.New(clock), entry.Id, api.Revision, VersionState.Current, entry.Content.Fields, entry.Content.Key, 0, 0, digest, 0, "{}", api.ProposedAt, api.DecidedAt, null, "");

    private async Task<string?> Secret(ProviderApi api, CancellationToken ct)
    {
        var wrapped = await db.One($"select secret from gateway_provider_api where entry_id = {api.Entry} and revision = {api.Revision} and secret is not null", r => r.Bytes(0), ct);
        return wrapped is null ? null : Encoding.UTF8.GetString(nodeKey.Unwrap(wrapped, Context(api.Entry, api.Revision)));
    }

    private async Task<ProviderApi?> Newest(string slug, Id<Entry> entry, CancellationToken ct) =>
        await db.One(Select.Then($" where slug = {slug} and entry_id = {entry} and state <> {ProviderApiState.Stopped} order by revision desc limit 1"), Read, ct);

    private async Task<Outcome<ProviderApi>> Decide(Caller caller, string slug, ProviderApiState to, string kind, CancellationToken ct)
    {
        var decided = await db.Commit<Outcome<ProviderApi>>(async tx =>
        {
            if (await tx.One(Select.Then($" where slug = {slug} and state <> {ProviderApiState.Stopped} order by revision desc limit 1"), Read) is not { } api) return Refusal.NotFound(Query.QueryFault.Clip(slug));
            var isOfBureau = caller.IsBureau && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));
            // Whoever declared an address does not let it in himself.
            if (to == ProviderApiState.Approved && (!isOfBureau || api.ProposedBy == caller.Actor)) return Refusal.Forbidden("gateway.provider-bureau");
            if (to == ProviderApiState.Stopped && !isOfBureau && !caller.Has(Role.Steward, api.Agency)) return Refusal.Forbidden("gateway.provider-steward");
            if (to == ProviderApiState.Approved && sources.BySlug(slug) is { Content.OpensPersons: true } entry) return Unassessed(entry);
            if (api.State == to) return api;
            var now = clock.GetUtcNow();
            // An approval replaces what was in use; a stop stops everything that stands.
            await tx.Run($"update gateway_provider_api set state = {ProviderApiState.Stopped}, decided_by = {caller.Actor}, decided_at = {now} where entry_id = {api.Entry} and state <> {ProviderApiState.Stopped} and (revision <> {api.Revision} or {to} = {ProviderApiState.Stopped})");
            if (to == ProviderApiState.Approved) await tx.Run($"update gateway_provider_api set state = {to}, decided_by = {caller.Actor}, decided_at = {now} where entry_id = {api.Entry} and revision = {api.Revision}");
            await evidence.Append(tx, Told(api, kind, caller));
            return api with { State = to, DecidedBy = caller.Actor, DecidedAt = now };
        }, ct);
        await Follow(ct);
        return decided;
    }

    private static Task<int> Insert(Tx tx, ProviderApi a, byte[]? secret) => tx.Run(
        $"""
        insert into gateway_provider_api (entry_id, revision, slug, agency, state, address, parameters, items, fields, auth, auth_name, secret, timeout_ms, most_bytes, most_rows, tells_context, proposed_by, proposed_at)
        values ({a.Entry}, {a.Revision}, {a.Slug}, {a.Agency}, {a.State}, {a.Address}, {JsonSerializer.Serialize(a.Parameters, Wire.Json)}, {a.Items}, {JsonSerializer.Serialize(a.Fields, Wire.Json)}, {a.Auth}, {a.AuthName},
          {secret}, {a.TimeoutMs}, {a.MostBytes}, {a.MostRows}, {a.TellsContext}, {a.ProposedBy}, {a.ProposedAt})
        """);

    // The address is no secret to auditors, the credentials are to everybody.
    private Happening Told(ProviderApi api, string kind, Caller caller, string? outcome = null)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["resource"] = api.Slug,
            ["revision"] = api.Revision.ToString(CultureInfo.InvariantCulture),
            ["address"] = Query.QueryFault.Clip(api.Address),
        };
        if (outcome is not null) facts["outcome"] = outcome;
        return new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"entry:{api.Entry}", outcome is null ? api.DecidedAt ?? api.ProposedAt : clock.GetUtcNow(), facts) { Parties = [api.Agency.ToString()] };
    }

    private static Sql Select => Of(
        $"""
        select entry_id, revision, slug, agency, state, address, parameters, items, fields, auth, auth_name, timeout_ms, most_bytes, most_rows, tells_context, proposed_by, proposed_at, decided_by, decided_at
        from gateway_provider_api
        """);

    private static Sql Of(Sql sql) => sql;

    private static ProviderApi Read(DbDataReader r) => new(
        r.Id<Entry>(0), r.GetInt64(1), r.GetString(2), r.Id<Agency>(3), r.Kind<ProviderApiState>(4), r.GetString(5), r.Json<IReadOnlyList<ProviderParameter>>(6), r.GetString(7), r.Json<IReadOnlyDictionary<string, string>>(8),
        r.Kind<ProviderAuth>(9), r.TextOrNull(10), (int)r.GetInt64(11), r.GetInt64(12), (int)r.GetInt64(13), r.Flag(14), r.GetString(15), r.Instant(16), r.TextOrNull(17), r.InstantOrNull(18));

    private static string Context(Id<Entry> entry, long revision) => string.Create(CultureInfo.InvariantCulture, $"gateway.provider:{entry}:{revision}");
}
