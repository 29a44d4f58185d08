using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Trips and windows as rows.</summary>
internal static class TripRows
{
    private static Sql Columns { get; } = Part(
        $"""
        id, number, scope, subject, action, rule, cause, reason, calls_per_minute, provider, consumer, tripped_at, tripped_by, tripped_by_name, is_automatic, is_drill, is_dark, bites, evidence,
        state, eased_at, eased_by_name, asked_by, asked_by_name, asked_at, restored_by_name, restored_at, incident
        """);

    /// <summary>Everything that is not restored and not dark.</summary>
    public static Task<IReadOnlyList<Trip>> Standing(Db db, CancellationToken ct) =>
        db.List($"select {Columns} from watch_trip where state <> {TripState.Restored} and is_dark = 0 order by tripped_at desc", Read, ct);

    public static async Task<Trip?> Find(Db db, Id<Trip> id, CancellationToken ct) => await db.One($"select {Columns} from watch_trip where id = {id}", Read, ct);

    public static async Task<Trip?> Find(Tx tx, Id<Trip> id) => await tx.One($"select {Columns} from watch_trip where id = {id}", Read);

    public static Task<IReadOnlyList<Trip>> Newest(Db db, Id<Agency>? of, int limit, CancellationToken ct) => of is { } agency
        ? db.List($"select {Columns} from watch_trip where is_dark = 0 and (provider = {agency} or consumer = {agency}) order by tripped_at desc limit {limit}", Read, ct)
        : db.List($"select {Columns} from watch_trip where is_dark = 0 order by tripped_at desc limit {limit}", Read, ct);

    /// <summary>A fuse of the same reach that stands already.</summary>
    public static async Task<Trip?> SamePlace(Tx tx, FuseScope scope, string subject, string rule, bool isDark, DateTimeOffset since) => isDark
        ? await tx.One($"select {Columns} from watch_trip where scope = {scope} and subject = {subject} and rule = {rule} and is_dark = 1 and tripped_at > {since} limit 1", Read)
        : await tx.One($"select {Columns} from watch_trip where scope = {scope} and subject = {subject} and is_dark = 0 and bites = 1 and state <> {TripState.Restored} order by tripped_at desc limit 1", Read);

    public static Task<IReadOnlyList<StepUpWindow>> Windows(Db db, DateTimeOffset now, CancellationToken ct) =>
        db.List(
            $"select id, trip, from_at, until_at, approved_by_name, reason from watch_window where until_at > {now} order by from_at",
            r => new StepUpWindow(r.Id<StepUpWindow>(0), r.Id<Trip>(1), r.Instant(2), r.Instant(3), r.GetString(4), r.GetString(5)), ct);

    public static Task<int> Insert(Tx tx, Trip t) => tx.Run(
        $"""
        insert into watch_trip (id, number, scope, subject, action, rule, cause, reason, calls_per_minute, provider, consumer, tripped_at, tripped_by, tripped_by_name, is_automatic, is_drill,
          is_dark, bites, evidence, state)
        values ({t.Id}, {t.Number}, {t.Scope}, {t.Subject}, {t.Action}, {t.Rule}, {t.Cause}, {t.Reason}, {t.CallsPerMinute}, {t.Provider}, {t.Consumer}, {t.At}, {t.By}, {t.ByName},
          {t.IsAutomatic}, {t.IsDrill}, {t.IsDark}, {t.Bites}, {t.EvidenceId}, {TripState.InForce})
        """);

    private static Trip Read(DbDataReader r) => new(
        r.Id<Trip>(0), r.GetString(1), r.Kind<FuseScope>(2), r.GetString(3), r.Kind<FuseAction>(4), r.GetString(5), r.IdOrNull<RaisedAlarm>(6), r.GetString(7), (int)r.GetInt64(8),
        r.IdOrNull<Agency>(9), r.IdOrNull<Agency>(10), r.Instant(11), r.GetString(12), r.GetString(13), r.Flag(14), r.Flag(15), r.Flag(16), r.Flag(17), r.GetString(18))
    {
        State = r.Kind<TripState>(19),
        EasedAt = r.InstantOrNull(20),
        EasedByName = r.TextOrNull(21),
        AskedBy = r.TextOrNull(22),
        AskedByName = r.TextOrNull(23),
        AskedAt = r.InstantOrNull(24),
        RestoredByName = r.TextOrNull(25),
        RestoredAt = r.InstantOrNull(26),
        Incident = r.TextOrNull(27),
    };

    private static Sql Part(Sql sql) => sql;
}
