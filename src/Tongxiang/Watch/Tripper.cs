using System.Globalization;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Follows an alarm with the fuses that the policy declares: live ones stop, those under trial are only written down.</summary>
public sealed partial class Tripper(TimeProvider clock, Policy policy, Trips trips, Subjects subjects, Fuse fuse, WatchSettings settings, ILogger<Tripper> log)
{
    private static readonly TimeSpan hour = TimeSpan.FromHours(1);

    internal async Task Follow(Tx tx, RaisedAlarm alarm, bool isSensitive)
    {
        foreach (var rule in policy.Rules)
        {
            if (rule.Mode == RuleMode.Off) continue;
            var callers = rule.Terms.LeastCallers > 1 ? await Callers(tx, rule.Terms.Scope, alarm) : 1;
            var facts = new AlarmFacts(alarm.Reasons, alarm.IsBound, isSensitive, alarm.Operator is not null, alarm.Grant is not null, alarm.Agency is not null, callers);
            if (RuleBook.Trips(rule.Terms, facts) is { } scope) await Trip(tx, rule, scope, alarm);
        }
    }

    private async Task Trip(Tx tx, FuseRule rule, FuseScope scope, RaisedAlarm alarm)
    {
        var key = KeyOf(scope, alarm);
        if (key is null) return;
        // A client that was taken off the list meanwhile is stopped all the same.
        var found = subjects.Find(scope, key);
        var subject = found.IsRefused ? new Subject(key, null, scope is FuseScope.Resource or FuseScope.Node ? null : alarm.Agency, key) : found.Value;
        var isDark = rule.Mode == RuleMode.Dark;
        var standing = await TripRows.SamePlace(tx, scope, subject.Key, rule.Id, isDark, clock.GetUtcNow() - hour);
        var isVital = alarm.Resource is { } entry && fuse.Now.IsVital(entry, alarm.Grant);
        var isCapped = !isDark && rule.Terms.Action == FuseAction.Cut && await IsCapped(tx);
        var action = RuleBook.Bounded(rule.Terms.Action, isVital, isCapped);
        // What stands there already does as much; a milder one does not shield from a stronger.
        if (standing is not null && standing.ActionNow >= action) return;
        var reason = string.Create(CultureInfo.InvariantCulture, $"{rule.Terms.Name} / {rule.Terms.NameEn}: {alarm.Score:0.0}{(isVital ? "; 生命相关，只限速 / lives depend on it: slowed only" : "")}{(isCapped ? "; 本小时自动切断已达上限，只限速 / cap of the hour reached: slowed only" : "")}");
        if (isCapped) tx.After(() => Capped(log, settings.CutsPerHour, rule.Id));
        await trips.Commit(tx, new Tripping(
            scope, subject, action, rule.Id, alarm.Id, reason, rule.Terms.CallsPerMinute ?? settings.SlowCallsPerMinute, alarm.Provider, Caller.Platform.Actor, Caller.Platform.Name,
            IsAutomatic: true, IsDrill: false, isDark, Bites: !isDark));
    }

    private static string? KeyOf(FuseScope scope, RaisedAlarm alarm) => scope switch
    {
        FuseScope.Caller => alarm.Actor,
        FuseScope.Operator => alarm.Operator is { } operative ? Watch.Trip.OperatorSubject(alarm.Agency, alarm.Actor, operative) : null,
        FuseScope.Grant => alarm.Grant?.ToString(),
        FuseScope.Resource => alarm.Resource?.ToString(),
        FuseScope.Department => alarm.Agency?.ToString(),
        _ => "",
    };

    /// <summary>Different callers with a bound identity whose alarms of the last hour concern the same scope; what was judged false does not count.</summary>
    private async Task<int> Callers(Tx tx, FuseScope scope, RaisedAlarm alarm)
    {
        var since = clock.GetUtcNow() - hour;
        var there = scope switch
        {
            FuseScope.Resource => Part($"and resource = {alarm.Resource}"),
            FuseScope.Department => Part($"and agency = {alarm.Agency}"),
            _ => Part($""),
        };
        return (int)await tx.One($"select count(distinct actor) from watch_alarm where at > {since} and calls_bound = 1 and state <> {AlarmState.FalseAlarm} {there}", r => r.GetInt64(0));
    }

    // The number is locked until the commit: two copies cannot both take the last cut of the hour.
    private async Task<bool> IsCapped(Tx tx)
    {
        await tx.Next("watch_cap");
        var since = clock.GetUtcNow() - hour;
        return await tx.One($"select count(*) from watch_trip where tripped_at > {since} and is_automatic = 1 and bites = 1 and action = {FuseAction.Cut}", r => r.GetInt64(0)) >= settings.CutsPerHour;
    }

    private static Sql Part(Sql sql) => sql;

    [LoggerMessage(2102, LogLevel.Critical, "The fuse has cut {Cuts} times within the hour, its cap; rule {Rule} only slows now. A person must look.")]
    private static partial void Capped(ILogger log, int cuts, string rule);
}
