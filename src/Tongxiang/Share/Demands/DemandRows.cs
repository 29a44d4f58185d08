using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Demands and their steps as rows.</summary>
internal static class DemandRows
{
    public static readonly Sql Columns = Part(
        $"d.id, d.number, d.what, d.matter, d.contact, d.wanted_by, d.origin, d.demander, d.demander_agency, d.bureau, d.proposed, d.owner, d.state, d.revision, d.filed_at, d.changed_at, d.declined, d.is_reopened, d.entry, d.version, d.merged_into, d.ground, d.basis, d.reason, d.votes, d.attached_at, d.due_rule, d.due_at, d.due_provisional, d.noticed, d.next_notice_at");

    public static readonly Sql StepColumns = Part($"number, step, from_state, to_state, actor, actor_name, agency, owner, reason, at, evidence");

    public static Task<int> Insert(Tx tx, Demand d, string digest) => tx.Run(
        $"""
        insert into share_demand (id, number, what, matter, contact, wanted_by, origin, demander, demander_agency, bureau, proposed, owner, state, declined, is_reopened, basis, reason, votes, digest,
          due_rule, due_at, due_provisional, noticed, next_notice_at, revision, filed_at, changed_at)
        values ({d.Id}, {d.Number}, {d.What}, {d.Matter}, {d.Contact}, {d.WantedBy}, {d.Origin}, {d.Demander}, {d.DemanderAgency}, {d.Bureau}, {d.Proposed}, {d.Owner}, {d.State}, 0, 0, '', '', {d.Votes}, {digest},
          {d.DueRule}, {d.DueAt}, {d.DueIsProvisional}, {d.Noticed}, {d.NextNoticeAt}, {d.Revision}, {d.FiledAt}, {d.ChangedAt})
        on conflict do nothing
        """);

    /// <summary>False when somebody was faster.</summary>
    public static async Task<bool> Save(Tx tx, Demand d, long seen) => await tx.Run(
        $"""
        update share_demand set owner = {d.Owner}, state = {d.State}, declined = {d.Declined}, is_reopened = {d.IsReopened}, entry = {d.Entry}, version = {d.Version}, merged_into = {d.MergedInto},
          ground = {d.Ground?.ToString()}, basis = {d.Basis}, reason = {d.Reason}, attached_at = {d.AttachedAt}, due_rule = {d.DueRule}, due_at = {d.DueAt}, due_provisional = {d.DueIsProvisional},
          noticed = {d.Noticed}, next_notice_at = {d.NextNoticeAt}, revision = {d.Revision}, changed_at = {d.ChangedAt}
        where id = {d.Id} and revision = {seen}
        """) == 1;

    public static async Task Record(Tx tx, Id<Demand> demand, DemandTaken step) => await tx.Run(
        $"""
        insert into share_demand_step (demand, number, step, from_state, to_state, actor, actor_name, agency, owner, reason, at, evidence)
        values ({demand}, {step.Number}, {step.Step}, {step.From}, {step.To}, {step.Actor}, {step.ActorName}, {step.Agency}, {step.Owner}, {step.Reason}, {step.At}, {step.Evidence})
        """);

    public static Demand Read(DbDataReader r) => new(
        r.Id<Demand>(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.DayOrNull(5), r.Kind<DemandOrigin>(6), r.IdOrNull<Person>(7), r.IdOrNull<Agency>(8), r.Id<Agency>(9),
        r.IdOrNull<Agency>(10), r.IdOrNull<Agency>(11), r.Kind<DemandState>(12), r.GetInt64(13), r.Instant(14), r.Instant(15))
    {
        Declined = (int)r.GetInt64(16),
        IsReopened = r.Flag(17),
        Entry = r.IdOrNull<Entry>(18),
        Version = r.LongOrNull(19),
        MergedInto = r.IdOrNull<Demand>(20),
        Ground = r.IsDBNull(21) ? null : r.Kind<DemandGround>(21),
        Basis = r.GetString(22),
        Reason = r.GetString(23),
        Votes = r.GetInt64(24),
        AttachedAt = r.InstantOrNull(25),
        DueRule = r.TextOrNull(26),
        DueAt = r.InstantOrNull(27),
        DueIsProvisional = r.Flag(28),
        Noticed = (int)r.GetInt64(29),
        NextNoticeAt = r.InstantOrNull(30),
    };

    public static DemandTaken ReadStep(DbDataReader r) => new(
        r.GetInt64(0), r.Kind<DemandStep>(1), r.Kind<DemandState>(2), r.Kind<DemandState>(3), r.GetString(4), r.GetString(5), r.IdOrNull<Agency>(6), r.IdOrNull<Agency>(7), r.GetString(8), r.Instant(9), r.GetString(10));

    private static Sql Part(Sql sql) => sql;
}
