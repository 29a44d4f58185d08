using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>Reads and writes findings, their events and their circulars.</summary>
internal static class FindingRows
{
    public static Sql Columns { get; } = Part(
        $"""
        id, number, detector, item, subject, agency, args, records, statement, since_at, state, revision, is_serious, demand, due_at, due_provisional, rectification, rectified_at, rechecked_at, is_clean,
        outcome, found_at, changed_at
        """);

    public static Finding Read(DbDataReader r) => new(
        r.Id<Finding>(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Id<Agency>(5), r.Json<string[]>(6), r.Json<string[]>(7), r.GetString(8), r.Instant(9), r.Kind<FindingState>(10),
        r.GetInt64(11), r.Flag(12), r.GetString(13), r.InstantOrNull(14), r.Flag(15), r.GetString(16), r.InstantOrNull(17), r.InstantOrNull(18), r.IsDBNull(19) ? null : r.Flag(19), r.GetString(20), r.Instant(21), r.Instant(22));

    /// <summary>False when the same was found before.</summary>
    public static async Task<bool> Insert(Tx tx, Finding f, string key) => await tx.Run(
        $"""
        insert into assess_finding (id, number, once_key, detector, item, subject, agency, args, records, statement, since_at, state, revision, is_serious, demand, due_provisional, rectification, outcome, found_at, changed_at)
        values ({f.Id}, {f.Number}, {key}, {f.Detector}, {f.Item}, {f.Subject}, {f.Agency}, {Json(f.Args)}, {Json(f.Records)}, {f.Statement}, {f.Since}, {f.State}, {f.Revision}, {f.IsSerious}, {f.Demand}, {false}, {f.Rectification},
          {f.Outcome}, {f.FoundAt}, {f.ChangedAt})
        on conflict (once_key) do nothing
        """) == 1;

    /// <summary>Writes over exactly the revision it was decided on; false when somebody was faster.</summary>
    public static async Task<bool> Save(Tx tx, Finding f) => await tx.Run(
        $"""
        update assess_finding set state = {f.State}, revision = {f.Revision}, is_serious = {f.IsSerious}, demand = {f.Demand}, due_at = {f.DueAt}, due_provisional = {f.DueIsProvisional}, rectification = {f.Rectification},
          rectified_at = {f.RectifiedAt}, rechecked_at = {f.RecheckedAt}, is_clean = {Flag(f.IsClean)}, outcome = {f.Outcome}, changed_at = {f.ChangedAt}
        where id = {f.Id} and revision = {f.Revision - 1}
        """) == 1;

    public static async Task Record(Tx tx, Id<Finding> finding, FindingEvent e) => await tx.Run(
        $"""
        insert into assess_finding_event (finding, place, step, from_state, to_state, actor, actor_name, agency, at, note, evidence)
        values ({finding}, {e.Place}, {e.Step}, {e.From}, {e.To}, {e.Actor}, {e.ActorName}, {e.Agency}, {e.At}, {e.Note}, {e.Evidence})
        """);

    public static FindingEvent ReadEvent(DbDataReader r) => new(
        r.GetInt64(0), r.Kind<FindingStep>(1), r.Kind<FindingState>(2), r.Kind<FindingState>(3), r.GetString(4), r.GetString(5), r.IdOrNull<Agency>(6), r.Instant(7), r.GetString(8), r.GetString(9));

    internal static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static long? Flag(bool? value) => value is { } said ? said ? 1 : 0 : null;

    private static Sql Part(Sql sql) => sql;
}
