using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Reads and writes applications and their steps.</summary>
internal static class ApplicationRows
{
    public static Sql Columns { get; } = Part(
        $"""
        id, number, lane, entry, provider, applicant_agency, applicant, state, wish, supplement_used, extension_used, holder, due_at, due_rule, due_provisional,
        created_at, submitted_at, changed_at, reason, grant_id, revision, missing, supplement_open, supplement_text, extension_days, proposer, reply, clock,
        suspended_by, delivered_at, agreement, noticed, next_notice_at
        """);

    public static Application Read(DbDataReader r) => new(
        r.Id<Application>(0), r.GetString(1), r.Kind<Lane>(2), r.Id<Entry>(3), r.Id<Agency>(4), r.IdOrNull<Agency>(5), r.Id<Person>(6), r.Kind<ApplicationState>(7), r.Json<Wish>(8),
        r.Flag(9), r.Flag(10), r.IdOrNull<Person>(11), r.InstantOrNull(12), r.TextOrNull(13), r.Flag(14), r.Instant(15), r.InstantOrNull(16), r.Instant(17), r.TextOrNull(18), r.IdOrNull<Grant>(19))
    {
        Revision = r.GetInt64(20),
        Missing = r.Json<string[]>(21),
        SupplementOpen = r.Flag(22),
        SupplementText = r.TextOrNull(23),
        ExtensionDays = (int?)r.LongOrNull(24),
        Proposer = r.IdOrNull<Person>(25),
        Reply = r.IsDBNull(26) ? null : r.Json<Reply>(26),
        Clock = r.IsDBNull(27) ? null : r.Json<Clock>(27),
        SuspendedBy = r.IsDBNull(28) ? null : r.Kind<Side>(28),
        DeliveredAt = r.InstantOrNull(29),
        Agreement = r.TextOrNull(30),
        Noticed = (int)r.GetInt64(31),
        NextNoticeAt = r.InstantOrNull(32),
    };

    public static Task Insert(Tx tx, Application a) => tx.Run(
        $"""
        insert into share_application (id, number, lane, entry, provider, applicant_agency, applicant, state, revision, wish, missing, supplement_used, supplement_open,
          extension_used, due_provisional, noticed, agreement, created_at, changed_at)
        values ({a.Id}, {a.Number}, {a.Lane}, {a.Entry}, {a.Provider}, {a.ApplicantAgency}, {a.Applicant}, {a.State}, {a.Revision}, {Json(a.Wish)}, {Json(a.Missing)}, {a.SupplementUsed},
          {a.SupplementOpen}, {a.ExtensionUsed}, {a.DueIsProvisional}, {a.Noticed}, {a.Agreement}, {a.CreatedAt}, {a.ChangedAt})
        """);

    /// <summary>Writes the changed application over exactly the revision it was decided on; false when somebody was faster.</summary>
    public static async Task<bool> Save(Tx tx, Application a) => await tx.Run(
        $"""
        update share_application set
          state = {a.State}, revision = {a.Revision}, wish = {Json(a.Wish)}, missing = {Json(a.Missing)}, supplement_used = {a.SupplementUsed}, supplement_open = {a.SupplementOpen},
          supplement_text = {a.SupplementText}, extension_used = {a.ExtensionUsed}, extension_days = {a.ExtensionDays}, proposer = {a.Proposer}, reply = {JsonOrNull(a.Reply)},
          holder = {a.Holder}, clock = {JsonOrNull(a.Clock)}, due_rule = {a.DueRule}, due_at = {a.DueAt}, due_provisional = {a.DueIsProvisional}, next_notice_at = {a.NextNoticeAt},
          noticed = {a.Noticed}, suspended_by = {a.SuspendedBy}, reason = {a.Reason}, grant_id = {a.Grant}, agreement = {a.Agreement}, submitted_at = {a.SubmittedAt},
          delivered_at = {a.DeliveredAt}, changed_at = {a.ChangedAt}
        where id = {a.Id} and revision = {a.Revision - 1}
        """) == 1;

    public static Task Record(Tx tx, Id<Application> application, StepTaken s) => tx.Run(
        $"""
        insert into share_step (application, number, step, from_state, to_state, actor, actor_name, agency, side, on_behalf, at, reason, rule, article, evidence)
        values ({application}, {s.Number}, {s.Step}, {s.From}, {s.To}, {s.Actor}, {s.ActorName}, {s.Agency}, {s.Side}, {s.OnBehalf}, {s.At}, {s.Reason}, {s.Rule}, {s.Article}, {s.Evidence})
        """);

    public static Sql StepColumns { get; } = Part($"number, step, from_state, to_state, actor, actor_name, agency, side, on_behalf, at, reason, rule, article, evidence");

    public static StepTaken ReadStep(DbDataReader r) => new(
        r.GetInt64(0), r.Kind<Step>(1), r.Kind<ApplicationState>(2), r.Kind<ApplicationState>(3), r.GetString(4), r.GetString(5), r.IdOrNull<Agency>(6), r.Kind<Side>(7), r.IdOrNull<Person>(8),
        r.Instant(9), r.TextOrNull(10), r.TextOrNull(11), r.TextOrNull(12), r.GetString(13));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static string? JsonOrNull<T>(T? value) where T : class => value is null ? null : Json(value);

    private static Sql Part(Sql sql) => sql;
}
