using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Gateway.Verify;
using Tongxiang.Kernel;
using Tongxiang.Protect;
using Tongxiang.Share;
using Tongxiang.Warehouse;
using Tongxiang.Watch;

namespace Tongxiang.Gateway;

/// <summary>The ordered decision of a call: each step goes on or stops it, and no row leaves before its evidence is durable.</summary>
public sealed partial class Calls
{
    // Each refusal of someone who is known costs a durable entry of the log: nobody may fill it with them.
    internal const int RefusalsPerMinute = 600;

    private readonly (string Name, Func<Call, CancellationToken, ValueTask<Stop?>> Run)[] steps;
    private readonly (string Name, Func<Call, CancellationToken, ValueTask<Stop?>> Run)[] deciding;
    private readonly GatewaySources sources;
    private readonly GatewaySettings settings;
    private readonly ServingCopies copies;
    private readonly Rates rates;
    private readonly DayUses uses;
    private readonly ResourceUses resources;
    private readonly Limits limits;
    private readonly Turns turns;
    private readonly Guesses guesses;
    private readonly Scopes scopes;
    private readonly Witnessing witnessing;
    private readonly Fuse fuse;
    private readonly CallFeed feed;
    private readonly Told told;
    private readonly ILogger<Calls> log;
    private readonly Proxying.Proxied? proxied;
    private readonly ContentAlarms? alarms;

    public Calls(
        GatewaySources sources, GatewaySettings settings, ServingCopies copies, Rates rates, DayUses uses, ResourceUses resources, Limits limits, Guesses guesses, Fuse fuse, CallFeed feed, NodeKey key, Protections protections, ILogger<Calls> log,
        Proxying.Proxied? proxied = null, ContentAlarms? alarms = null)
    {
        this.alarms = alarms;
        (this.sources, this.settings, this.copies, this.rates, this.uses, this.resources, this.guesses, this.log) = (sources, settings, copies, rates, uses, resources, guesses, log);
        (this.limits, this.fuse, this.feed, this.proxied) = (limits, fuse, feed, proxied);
        turns = new Turns(settings.CallsAtOncePerProcessor * Environment.ProcessorCount, settings.WaitingCalls);
        scopes = new Scopes(settings, protections);
        witnessing = new Witnessing(sources, key);
        told = new Told(key);
        Continuation = new Continuation(key.Derive("gateway continuation"));
        steps =
        [
            ("resource", FindResource),
            ("grant", FindGrant),
            ("fuse", AskFuse),
            ("rate", Limit),
            ("behaviour", (call, _) => ValueTask.FromResult(call.SlowedBy is null ? null : Slowed(call, rates.Take))),
            ("turn", TakeTurn),
            ("plan", MakePlan),
            ("fetch", Fetch),
            ("protect", Protect),
            ("record", Record),
        ];
        deciding = [.. steps.TakeWhile(step => step.Name != "turn")];
    }

    internal Continuation Continuation { get; }

    /// <summary>Runs the steps. When it returns null the page may leave; the caller disposes it. A stop is on record before it returns.</summary>
    public async ValueTask<Stop?> Run(Call call, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            foreach (var (name, step) in steps)
            {
                if (await step(call, ct) is not { } stop) continue;
                call.Page?.Dispose();
                call.Page = null;
                GatewayMeter.Stopped(name, stop.Code);
                return await Stopped(call, stop, ct);
            }

            GatewayMeter.Answered(call, Stopwatch.GetElapsedTime(started));
            // Each question of a verification is worth a row: yes and no tell alike.
            Tell(call, null, call.Weight);
            return null;
        }
        finally
        {
            // Settled in the last step; whatever stopped before it takes nothing of the day.
            call.Held?.Release();
            call.Turn?.Dispose();
        }
    }

    private async ValueTask<Stop?> Stopped(Call call, Stop stop, CancellationToken ct)
    {
        Tell(call, stop, 0);
        if (stop.Code == ContentAlarms.Code) alarms?.Note(call);
        if (!Witnessing.Witnesses(call, stop)) return stop;
        var rate = rates.Take("refused:" + call.Caller.Actor, RefusalsPerMinute);
        if (rate.IsExceeded) return new Refusal(429, "gateway.too-fast", rate.Limit) { RetryAfterSeconds = rate.ResetSeconds };
        await witnessing.Stopped(call, stop, ct);
        return stop;
    }

    /// <summary>Resource, grant and scope alone, without a row: for the description of what a caller may ask, and for files.</summary>
    public async ValueTask<Stop?> Decide(Call call, CancellationToken ct)
    {
        foreach (var (name, step) in deciding)
        {
            if (await step(call, ct) is not { } stop) continue;
            GatewayMeter.Stopped(name, stop.Code);
            return await Stopped(call, stop, ct);
        }

        return Scope(call);
    }

    /// <summary>What each step up to the plan says of a call that is not made: nothing is fetched, counted or put on record. Those behind the first that refuses are not reached.</summary>
    internal async ValueTask<IReadOnlyList<(string Step, bool IsReached, Stop? Stop)>> Foresee(Call call, CancellationToken ct)
    {
        List<(string, bool, Stop?)> said = [];
        Stop? stop = null;
        foreach (var (name, step) in steps.Where(s => s.Name is not ("turn" or "fetch" or "protect" or "record")))
        {
            var isReached = stop is null;
            if (isReached) stop = name switch { "rate" => LookAtLimit(call), "behaviour" => Slowed(call, rates.Look), _ => await step(call, ct) };
            said.Add((name, isReached, isReached ? stop : null));
        }
        return said;
    }

    private async ValueTask<Stop?> FindResource(Call call, CancellationToken ct)
    {
        if (sources.BySlug(call.Resource) is not { IsPublished: true } entry || !IsVisible(entry, call)) return Refusal.NotFound(call.Resource);
        (call.Entry, call.Corrections) = (entry, sources.Corrections());
        call.Version = sources.Current(entry.Id) ?? Proxied(call, entry);
        if (call.Number is { } number && call.Version?.Number != number) call.Version = await sources.Numbered(entry.Id, number, ct);
        // A version that was landed and not promoted yet is nobody's to read.
        return call.Version is { State: VersionState.Current or VersionState.Superseded } ? null
            : call.Number is null ? new Refusal(404, "gateway.no-data", entry.Content.Name) : Refusal.NotFound($"{call.Resource}@{call.Number}");
    }

    // Rows that stay with their provider have no version here; their connection stands for it.
    private Warehouse.Version? Proxied(Call call, Entry entry)
    {
        call.Proxy = proxied?.Of(entry.Id);
        return call.Proxy?.Version;
    }

    // What is closed to the public does not exist for it; departments see the whole catalogue (Order 809 art. 16).
    private bool IsVisible(Entry entry, Call call) => call.Caller.IsGovernment || entry.Content.Opening.Class != OpenClass.Closed || IsEmergency(call, sources.Grants(entry.Id, call.Caller));

    // A contractor of a company sees what an emergency access was opened for.
    private static bool IsEmergency(Call call, IReadOnlyList<Grant> grants) => call.Caller is { Person: { } person, Agency: not null } && grants.Any(g => g.ConsumerPerson == person);

    private ValueTask<Stop?> FindGrant(Call call, CancellationToken ct)
    {
        (call.Floors, call.NeedsOperatorAssurance) = (sources.Floors, settings.NeedsOperatorAssurance);
        IReadOnlyList<Grant> grants = call.Caller.IsAnonymous ? [] : sources.Grants(call.Entry!.Id, call.Caller);
        if (call.Under is { } only) grants = [.. grants.Where(grant => grant.Id == only)];
        var chosen = GrantChoice.Choose(grants, call);
        if (!chosen.IsRefused) call.Grant = chosen.Value;
        else if (call.Entry!.IsOpen && call.Under is null && call.Mode is not (Mode.Verification or Mode.Subscription)) call.IsOpenRead = true;
        // Order 809 art. 36: no right of the own department reaches a contractor, an administrator or an inspector.
        else if (RoleRules.ReadsNoContent(call.Caller.Roles) && !IsEmergency(call, grants)) return ValueTask.FromResult<Stop?>(Refusal.Forbidden(ContentAlarms.Code, call.Entry.Content.Name) with { Article = BreakGlassRules.Article });
        else return ValueTask.FromResult<Stop?>(call.Caller.IsAnonymous ? new Refusal(401, "gateway.sign-in", call.Entry.Content.Name, call.Entry.Slug) : chosen.Refusal);
        return ValueTask.FromResult<Stop?>(null);
    }

    private Stop? Scope(Call call)
    {
        var scope = scopes.Of(call.Entry!, call.Version!, call.Grant, call.Caller.IsGovernment ? Audience.Departments : Audience.Outside);
        if (!scope.IsRefused) call.Scope = scope.Value;
        return scope.Refusal;
    }

    private ValueTask<Stop?> MakePlan(Call call, CancellationToken ct)
    {
        if (call.Claims is { } claims) return ValueTask.FromResult(PlanClaims(call, claims));
        if (Scope(call) is { } closed) return ValueTask.FromResult<Stop?>(closed);
        if (QueryReader.Read(call.Query, call.Scope!, Continuation, out var plan) is { } fault) return ValueTask.FromResult<Stop?>(fault);
        if (call.Adjust is not null)
        {
            var adjusted = call.Adjust(call.Scope!, plan);
            if (adjusted.IsRefused) return ValueTask.FromResult<Stop?>(adjusted.Refusal);
            plan = adjusted.Value;
        }

        if (call.Scope!.Protection!.Lacks(plan.Columns) is { } noKey) return ValueTask.FromResult<Stop?>(noKey);
        // Two rows tell that there is not exactly one.
        call.Plan = call.IsSingle || call.Scope!.Subject is not null ? plan with { Limit = call.IsSingle ? Math.Min(plan.Limit, 2) : plan.Limit, Subject = call.Scope!.Subject } : plan;
        return ValueTask.FromResult<Stop?>(null);
    }

    private async ValueTask<Stop?> Fetch(Call call, CancellationToken ct)
    {
        Outcome<ServedPage> page;
        try
        {
            page = call.Proxy is { } connected ? await proxied!.Fetch(call, connected, ct) : await copies.Read(call.Version!, call.Plan!, ct);
        }
        catch (FileNotFoundException missing)
        {
            // The version stands and its copy is built again: an older one on its first reader. Nobody should take that for "no rows".
            NoCopy(log, call.Version!.Id.ToString(), missing);
            _ = Rebuild(call.Version);
            return new Refusal(503, "gateway.no-copy") { RetryAfterSeconds = 5 };
        }

        Charge(call, page.IsRefused ? copies.MostCost : page.Value.Cost);
        if (page.IsRefused) return page.Refusal;
        (call.Page, call.Total) = (page.Value, page.Value.Total);
        if (call.IsSingle && call.Page.Rows != 1) return NotOne(call.Page.Rows);
        if (call.Total is { } total && call.Plan!.Offset > total)
            return new QueryFault(416, "PGRST103", "Requested range not satisfiable", $"An offset of {call.Plan.Offset} was requested, but there are only {total} rows.", "gateway.query.range");
        return Hold(call, call.Weight);
    }

    private async Task Rebuild(Warehouse.Version version)
    {
        try
        {
            await sources.Serve(version, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The caller has its answer; the next one tries again.
            NotBuilt(log, version.Id.ToString(), e);
        }
    }

    private static QueryFault NotOne(int rows) =>
        new(406, "PGRST116", "Cannot coerce the result to a single JSON object", $"The result contains {(rows > 1 ? "more than 1" : "0")} rows", "gateway.query.single");

    private ValueTask<Stop?> Protect(Call call, CancellationToken ct)
    {
        if (call.Claims is { } claims) DecideClaims(call, claims);
        else call.Scope!.Protection!.Apply(call.Page!);
        return ValueTask.FromResult<Stop?>(null);
    }

    private async ValueTask<Stop?> Record(Call call, CancellationToken ct)
    {
        // What tripped while the rows were fetched stops them too.
        if (HasTripped(call) is { } cut) return cut;
        call.Receipt = await witnessing.Answered(call, ct);
        // A page that shows some rows beside its description is no use of the resource.
        if (call.Form != Call.PageForm) resources.Add(call.Entry!.Id, call.Weight);
        if (call.Grant is not { } grant) return null;
        call.Held?.Settle(call.Weight);
        await sources.Delivered(grant.Id, call.Mode, CancellationToken.None);
        return null;
    }

    [LoggerMessage(1801, LogLevel.Error, "The serving copy of version {Version} could not be built.")]
    private static partial void NotBuilt(ILogger log, string version, Exception e);

    [LoggerMessage(1800, LogLevel.Warning, "Version {Version} has no serving copy; it is built now.")]
    private static partial void NoCopy(ILogger log, string version, Exception missing);
}
