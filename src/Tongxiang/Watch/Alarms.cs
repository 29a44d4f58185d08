using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Behaviour;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Watch;

/// <summary>What a person makes of an alarm.</summary>
public sealed record AlarmJudgement(AlarmState State, string Note);

/// <summary>Alarms of the watcher: raised with their evidence, read by the bureau and by those whose data or calls they concern, judged by people.</summary>
public sealed class Alarms(Db db, TimeProvider clock, EvidenceLog evidence, Subjects subjects, Policy policy, Tripper tripper, Fuse fuse, IEnumerable<AlarmFollower> followers)
{
    private const int MostListed = 200;

    /// <summary>Alarms the caller may know of, newest first.</summary>
    public async Task<Outcome<RaisedAlarm[]>> List(Caller caller, AlarmState? state, CancellationToken ct)
    {
        if (caller.Person is null) return new Refusal(401, "watch.sign-in");
        var all = TripRules.SeesAll(caller);
        if (!all && (caller.Agency is null || !TripRules.IsOffice(caller))) return Refusal.Forbidden("watch.not-yours");
        var wanted = state is { } one ? Part($"and state = {one}") : Part($"");
        // A department sees what concerns its own data; what its own people are suspected of, the bureau tells it.
        var own = all ? Part($"") : Part($"and provider = {caller.Agency}");
        return (await db.List($"select {Columns} from watch_alarm where at > {0} {wanted} {own} order by at desc, id desc limit {MostListed}", Read, ct)).ToArray();
    }

    /// <summary>The alarm, if the caller may know of it.</summary>
    public async Task<RaisedAlarm?> Find(Caller caller, Id<RaisedAlarm> id, CancellationToken ct) =>
        await Load(id, ct) is { } alarm && (TripRules.SeesAll(caller) || caller.Person is not null && caller.Agency is { } agency && agency == alarm.Provider && TripRules.IsOffice(caller)) ? alarm : null;

    /// <summary>Confirms it, or says that it is none: then the same pattern of the same caller alarms no more.</summary>
    public async Task<Outcome<RaisedAlarm>> Judge(Caller caller, Id<RaisedAlarm> id, AlarmJudgement judgement, CancellationToken ct)
    {
        if (!TripRules.IsGuard(caller)) return Refusal.Forbidden("watch.not-yours");
        if (judgement.State == AlarmState.Open) return Refusal.Invalid(new FieldError("state", "watch.field.judgement"));
        if (Trips.Say(judgement.Note) is { Fields: var fields }) return Refusal.Invalid([.. fields.Select(f => f with { Field = "note" })]);
        var at = clock.GetUtcNow();
        var judged = await db.Commit(async tx =>
        {
            var changed = await tx.Run(
                $"""
                update watch_alarm set state = {judgement.State}, judged_by = {caller.Actor}, judged_by_name = {caller.Name}, judged_at = {at}, note = {judgement.Note.Trim()}
                where id = {id} and state = {AlarmState.Open}
                """);
            if (await tx.One($"select {Columns} from watch_alarm where id = {id}", Read) is not { } alarm) return (Outcome<RaisedAlarm>)Refusal.NotFound(id.ToString());
            if (changed == 0) return Refusal.Conflict("watch.judged", alarm.JudgedByName);
            var facts = new Dictionary<string, string> { ["state"] = judgement.State.ToString(), ["note"] = Trips.Digest(judgement.Note) };
            await evidence.Append(tx, new Happening("watch.judged", caller.Actor, caller.Agency?.ToString(), $"alarm:{id}", at, facts) { Parties = Parties(alarm) });
            if (judgement.State == AlarmState.FalseAlarm) await Teach(tx, alarm, at);
            else foreach (var follower in followers) await follower(tx, alarm, caller);
            return alarm;
        }, ct);
        await policy.Follow(CancellationToken.None);
        return judged;
    }

    /// <summary>Puts an alarm on record and trips what the policy declares, in one commit; null when people judged this pattern to be no alarm.</summary>
    internal async Task<RaisedAlarm?> Raise(Alarm alarm, SeenCall call, CancellationToken ct)
    {
        var operative = alarm.Operator == 0 ? null : call.Operator;
        if (RuleBook.Rest(alarm, policy.LessonsOf(call.Actor, operative)) is not { } left) return null;
        var at = clock.GetUtcNow();
        var raised = new RaisedAlarm(
            Id<RaisedAlarm>.New(clock), call.Actor, subjects.NameOfActor(call.Actor), call.Agency, operative, call.Entry, call.Provider, call.Grant, left.Score, left.Reasons, call.IsBound, at, "");
        raised = await db.Commit(async tx =>
        {
            var done = raised with { EvidenceId = await evidence.Append(tx, Happening(raised)) };
            await Insert(tx, done);
            await tripper.Follow(tx, done, call.IsSensitive);
            return done;
        }, ct);
        await fuse.Follow(CancellationToken.None);
        return raised;
    }

    private static Happening Happening(RaisedAlarm a)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["caller"] = a.Actor,
            ["score"] = a.Score.ToString("0.00", CultureInfo.InvariantCulture),
            ["reasons"] = string.Join(' ', a.Reasons.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Sign}={r.Seen:0.##}/{r.Usual:0.##}"))),
        };
        if (a.Operator is { } operative) facts["operator"] = operative;
        if (a.Resource is { } entry) facts["entry"] = entry.ToString();
        return new Happening("watch.alarm", "system", null, $"alarm:{a.Id}", a.At, facts) { Parties = Parties(a) };
    }

    private static string[] Parties(RaisedAlarm alarm) => alarm.Provider is { } provider ? [provider.ToString()] : [];

    private static async Task Teach(Tx tx, RaisedAlarm alarm, DateTimeOffset at)
    {
        foreach (var reason in alarm.Reasons.Where(r => !RuleBook.IsDeclared(r.Sign)))
            await tx.Run(
                $"""
                insert into watch_lesson (alarm, actor, operator, sign, strength, seen, taught_at)
                values ({alarm.Id}, {alarm.Actor}, {alarm.Operator ?? ""}, {reason.Sign}, {(double)reason.Strength}, {(double)reason.Seen}, {at})
                on conflict (alarm, sign) do nothing
                """);
        await Changes.Record(tx, "lesson", alarm.Id.ToString(), at);
    }

    private async Task<RaisedAlarm?> Load(Id<RaisedAlarm> id, CancellationToken ct) => await db.One($"select {Columns} from watch_alarm where id = {id}", Read, ct);

    private static Task<int> Insert(Tx tx, RaisedAlarm a) => tx.Run(
        $"""
        insert into watch_alarm (id, actor, actor_name, agency, operator, resource, provider, grant_id, score, reasons, calls_bound, state, at, evidence)
        values ({a.Id}, {a.Actor}, {a.ActorName}, {a.Agency}, {a.Operator}, {a.Resource}, {a.Provider}, {a.Grant}, {a.Score}, {JsonSerializer.Serialize(a.Reasons, Wire.Json)}, {a.IsBound},
          {AlarmState.Open}, {a.At}, {a.EvidenceId})
        """);

    private static Sql Columns { get; } = Part($"id, actor, actor_name, agency, operator, resource, provider, grant_id, score, reasons, calls_bound, at, evidence, state, judged_by_name, judged_at, note");

    private static RaisedAlarm Read(DbDataReader r) => new(
        r.Id<RaisedAlarm>(0), r.GetString(1), r.GetString(2), r.IdOrNull<Agency>(3), r.TextOrNull(4), r.IdOrNull<Entry>(5), r.IdOrNull<Agency>(6), r.IdOrNull<Grant>(7), r.GetDouble(8),
        r.Json<Reason[]>(9), r.Flag(10), r.Instant(11), r.GetString(12))
    {
        State = r.Kind<AlarmState>(13),
        JudgedByName = r.TextOrNull(14),
        JudgedAt = r.InstantOrNull(15),
        Note = r.TextOrNull(16),
    };

    private static Sql Part(Sql sql) => sql;
}
