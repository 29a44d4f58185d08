using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>A fuse that a person pulls.</summary>
/// <param name="Subject">As <see cref="Subjects.Find"/> reads it.</param>
/// <param name="IsDrill">An exercise: marked, and stopping nothing unless <paramref name="Bites"/>.</param>
public sealed record PullWish(FuseScope Scope, string Subject, FuseAction Action, string Reason, bool IsDrill = false, bool Bites = false, int? CallsPerMinute = null);

/// <summary>What is about to trip, before it has a number and evidence.</summary>
internal sealed record Tripping(
    FuseScope Scope, Subject Subject, FuseAction Action, string Rule, Id<RaisedAlarm>? Cause, string Reason, int CallsPerMinute, Id<Agency>? Provider, string By, string ByName,
    bool IsAutomatic, bool IsDrill, bool IsDark, bool Bites);

/// <summary>Trips of the fuse: pulled, eased, restored, and the windows of step-ups. Every change is evidence and in force on this copy when it returns, on the others within a second.</summary>
public sealed partial class Trips(
    Db db, TimeProvider clock, EvidenceLog evidence, Agencies.Directory directory, Subjects subjects, Fuse fuse, WatchSettings settings, IEnumerable<TripFollower> followers, Pseudonyms pseudonyms, ILogger<Trips> log)
{
    private const int MostListed = 500;

    /// <summary>The trip, if the caller may know of it.</summary>
    public async Task<Trip?> Find(Caller caller, Id<Trip> id, CancellationToken ct) => await TripRows.Find(db, id, ct) is { } trip && TripRules.MaySee(caller, trip) ? trip : null;

    /// <summary>Trips the caller may know of, newest first, without dark ones.</summary>
    public async Task<Outcome<Trip[]>> List(Caller caller, CancellationToken ct)
    {
        if (caller.Person is null) return new Refusal(401, "watch.sign-in");
        if (TripRules.SeesAll(caller)) return (await TripRows.Newest(db, null, MostListed, ct)).ToArray();
        if (caller.Agency is not { } agency || !TripRules.IsOffice(caller)) return Refusal.Forbidden("watch.not-yours");
        return (await TripRows.Newest(db, agency, MostListed, ct)).ToArray();
    }

    /// <summary>A person stops a sharing, with a reason.</summary>
    public async Task<Outcome<Trip>> Pull(Caller caller, PullWish wish, CancellationToken ct)
    {
        var subject = subjects.Find(wish.Scope, wish.Subject);
        if (TripRules.MayPull(caller, wish.Scope, subject.IsRefused ? null : subject.Value.Provider) is { } refusal) return refusal;
        if (subject.Refusal is { } wrong) return wrong;
        if (Say(wish.Reason) is { } unsaid) return unsaid;
        if (wish.CallsPerMinute is < 1 or > 10_000) return Refusal.Invalid(new FieldError("callsPerMinute", "watch.field.pace", wish.CallsPerMinute));
        var tripping = new Tripping(
            wish.Scope, subject.Value, wish.Action, Trip.Manual, null, wish.Reason.Trim(), wish.CallsPerMinute ?? settings.SlowCallsPerMinute, subject.Value.Provider, caller.Actor, caller.Name,
            IsAutomatic: false, wish.IsDrill, IsDark: false, Bites: !wish.IsDrill || wish.Bites);
        var trip = await db.Commit(tx => Commit(tx, tripping), ct);
        await fuse.Follow(CancellationToken.None);
        return trip;
    }

    /// <summary>The one place where a fuse trips: number, row, evidence and whatever follows a trip, in one commit.</summary>
    internal async Task<Trip> Commit(Tx tx, Tripping t)
    {
        var at = clock.GetUtcNow();
        var day = at.ToOffset(WorkCalendar.Offset).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var count = await tx.Next("watch_trip." + day);
        var number = string.Create(CultureInfo.InvariantCulture, $"RD{day}-{count:0000}");
        var trip = new Trip(
            Id<Trip>.New(clock), number, t.Scope, t.Subject.Key, t.Action, t.Rule, t.Cause, t.Reason, t.CallsPerMinute, t.Provider ?? t.Subject.Provider, t.Subject.Consumer, at, t.By, t.ByName,
            t.IsAutomatic, t.IsDrill, t.IsDark, t.Bites, "");
        trip = trip with { EvidenceId = await Witness(tx, "watch.tripped", trip, t.By, null, at, ("action", t.Action.ToString()), ("rule", t.Rule), ("reason", Digest(t.Reason)), ("cause", t.Cause?.ToString() ?? ""), ("bites", t.Bites ? "true" : "false"), ("resource", t.Subject.Slug ?? "")) };
        await TripRows.Insert(tx, trip);
        if (trip.Bites) await Changes.Record(tx, "trip", trip.Id.ToString(), at);
        foreach (var follower in followers) await follower(tx, trip);
        tx.After(() => Tripped(log, trip.Number, trip.Scope, trip.Action, trip.Rule, trip.IsDrill, trip.IsDark));
        return trip;
    }

    /// <summary>Writes the number of the incident on the trip that opened it; part of the trip's commit.</summary>
    public static Task Name(Tx tx, Id<Trip> trip, string incident) => tx.Run($"update watch_trip set incident = {incident} where id = {trip}");

    internal Task<string> Witness(Tx tx, string kind, Trip trip, string by, Id<Agency>? agency, DateTimeOffset at, params (string Name, string Value)[] more)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["number"] = trip.Number,
            ["scope"] = trip.Scope.ToString(),
            ["subject"] = trip.Subject,
            ["drill"] = trip.IsDrill ? "true" : "false",
            ["dark"] = trip.IsDark ? "true" : "false",
        };
        foreach (var (name, value) in more)
            if (value.Length > 0) facts[name] = value;
        return evidence.Append(tx, new Happening(kind, by, agency?.ToString(), $"trip:{trip.Id}", at, facts) { Parties = Parties(trip) });
    }

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    internal static Refusal? Say(string? reason) => reason?.Trim().Length is >= 4 and <= 500 ? null : Refusal.Invalid(new FieldError("reason", "watch.field.reason", 4, 500));

    private string[] Parties(Trip trip)
    {
        var bureaus = directory.Agencies.Where(a => a.Kind == AgencyKind.Bureau).Select(a => (Id<Agency>?)a.Id);
        return [.. bureaus.Append(trip.Provider).Append(trip.Consumer).OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()];
    }

    [LoggerMessage(2101, LogLevel.Warning, "Fuse {Number} tripped: scope {Scope}, action {Action}, rule {Rule}, drill {Drill}, dark {Dark}.")]
    private static partial void Tripped(ILogger log, string number, FuseScope scope, FuseAction action, string rule, bool drill, bool dark);
}
