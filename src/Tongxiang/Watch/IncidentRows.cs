using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Incidents, events, clocks and tasks as rows.</summary>
internal static class IncidentRows
{
    public static readonly Sql Columns = Part(
        $"""
        i.id, i.number, i.is_drill, i.title, i.origin, i.origin_ref, i.stage, i.level, i.facts, i.scope, i.from_at, i.detected_at, i.aware_at, i.opened_at, i.revision,
        i.acknowledged_at, i.contained_at, i.partial_at, i.handled_at, i.closed_at, i.lead, i.is_false_alarm, i.figures, i.review, i.escalated, i.next_rung_at
        """);

    public static Incident Read(DbDataReader r) => new(
        r.Id<Incident>(0), r.GetString(1), r.Flag(2), r.GetString(3), r.Kind<IncidentOrigin>(4), r.TextOrNull(5), r.Kind<IncidentStage>(6), r.Kind<IncidentLevel>(7), r.Json<LevelFacts>(8), r.Json<IncidentScope>(9),
        r.Instant(10), r.Instant(11), r.Instant(12), r.Instant(13), r.GetInt64(14))
    {
        AcknowledgedAt = r.InstantOrNull(15),
        ContainedAt = r.InstantOrNull(16),
        PartialAt = r.InstantOrNull(17),
        HandledAt = r.InstantOrNull(18),
        ClosedAt = r.InstantOrNull(19),
        Lead = r.IdOrNull<Person>(20),
        IsFalseAlarm = r.Flag(21),
        Figures = r.IsDBNull(22) ? null : r.Json<IncidentFigures>(22),
        Review = r.IsDBNull(23) ? null : r.Json<IncidentReview>(23),
        Escalated = (int)r.GetInt64(24),
        NextRungAt = r.InstantOrNull(25),
    };

    public static Task<int> Insert(Tx tx, Incident i) => tx.Run(
        $"""
        insert into watch_incident (id, number, is_drill, title, origin, origin_ref, stage, level, facts, scope, from_at, detected_at, aware_at, opened_at, revision, contained_at, is_false_alarm, escalated, next_rung_at)
        values ({i.Id}, {i.Number}, {i.IsDrill}, {i.Title}, {i.Origin}, {i.OriginRef}, {i.Stage}, {i.Level}, {Json(i.Facts)}, {Json(i.Scope)}, {i.From}, {i.DetectedAt}, {i.AwareAt}, {i.OpenedAt}, {i.Revision},
          {i.ContainedAt}, {i.IsFalseAlarm}, {i.Escalated}, {i.NextRungAt})
        on conflict do nothing
        """);

    /// <summary>Writes what may change; the row is locked by whoever calls.</summary>
    public static Task<int> Save(Tx tx, Incident i) => tx.Run(
        $"""
        update watch_incident set title = {i.Title}, stage = {i.Stage}, level = {i.Level}, facts = {Json(i.Facts)}, scope = {Json(i.Scope)}, from_at = {i.From}, detected_at = {i.DetectedAt}, aware_at = {i.AwareAt},
          acknowledged_at = {i.AcknowledgedAt}, contained_at = {i.ContainedAt}, partial_at = {i.PartialAt}, handled_at = {i.HandledAt}, closed_at = {i.ClosedAt}, lead = {i.Lead}, is_false_alarm = {i.IsFalseAlarm},
          figures = {JsonOrNull(i.Figures)}, review = {JsonOrNull(i.Review)}, escalated = {i.Escalated}, next_rung_at = {i.NextRungAt}, revision = {i.Revision}
        where id = {i.Id}
        """);

    public static IncidentEvent ReadEvent(DbDataReader r) => new(
        r.Id<Incident>(0), r.GetInt64(1), r.Instant(2), r.GetString(3), r.GetString(4), r.GetString(5), r.Json<string[]>(6), r.GetString(7), r.GetString(8));

    public static IncidentClock ReadClock(DbDataReader r) => new(
        r.Id<Incident>(0), r.GetString(1), r.Instant(2), r.InstantOrNull(3), r.Flag(4), r.Kind<IncidentClockState>(5), r.InstantOrNull(6), (int)r.GetInt64(7), r.InstantOrNull(8));

    public static IncidentTask ReadTask(DbDataReader r) => new(
        r.Id<IncidentTask>(0), r.Id<Incident>(1), r.TextOrNull(2), r.GetString(3), r.Kind<Role>(4), r.Kind<RungPlace>(5), r.Instant(6), r.InstantOrNull(7), r.TextOrNull(8), r.GetString(9), r.Flag(10));

    public static Task<int> SaveClock(Tx tx, IncidentClock c) => tx.Run(
        $"""
        insert into watch_incident_clock (incident, rule, from_at, due_at, is_provisional, state, ended_at, noticed, next_notice_at)
        values ({c.Incident}, {c.Rule}, {c.FromAt}, {c.DueAt}, {c.IsProvisional}, {c.State}, {c.EndedAt}, {c.Noticed}, {c.NextNoticeAt})
        on conflict (incident, rule) do update set from_at = excluded.from_at, due_at = excluded.due_at, is_provisional = excluded.is_provisional, state = excluded.state,
          ended_at = excluded.ended_at, noticed = excluded.noticed, next_notice_at = excluded.next_notice_at
        """);

    public static Task<IReadOnlyList<IncidentClock>> Clocks(Tx tx, Id<Incident> incident) => tx.List(
        $"select incident, rule, from_at, due_at, is_provisional, state, ended_at, noticed, next_notice_at from watch_incident_clock where incident = {incident} order by rule", ReadClock);

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static string? JsonOrNull<T>(T? value) where T : class => value is null ? null : Json(value);

    private static Sql Part(Sql sql) => sql;
}
