using System.Data.Common;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Reads and writes standing consents.</summary>
internal static class StandingRows
{
    public static Sql Columns { get; } = Part(
        $"id, number, entry, provider, state, revision, rule, drafted_by, drafted_at, signed_by, signer_name, on_behalf, signed_at, proof, revoked_at, reason, answers");

    public static StandingConsent Read(DbDataReader r) => new(
        r.Id<StandingConsent>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Kind<StandingState>(4), r.GetInt64(5), r.Json<StandingRule>(6), r.Id<Person>(7), r.Instant(8), r.IdOrNull<Person>(9),
        r.TextOrNull(10), r.IdOrNull<Person>(11), r.InstantOrNull(12), r.TextOrNull(13), r.InstantOrNull(14), r.TextOrNull(15), r.GetInt64(16));

    public static Task Insert(Tx tx, StandingConsent s) => tx.Run(
        $"""
        insert into share_standing (id, number, entry, provider, state, revision, rule, drafted_by, drafted_at, until_at, answers, changed_at)
        values ({s.Id}, {s.Number}, {s.Entry}, {s.Provider}, {s.State}, {s.Revision}, {Json(s.Rule)}, {s.DraftedBy}, {s.DraftedAt}, {End(s)}, {s.Answers}, {s.DraftedAt})
        """);

    /// <summary>Writes over exactly the revision it was decided on; false when somebody was faster.</summary>
    public static async Task<bool> Save(Tx tx, StandingConsent s, DateTimeOffset at) => await tx.Run(
        $"""
        update share_standing set state = {s.State}, revision = {s.Revision}, rule = {Json(s.Rule)}, drafted_by = {s.DraftedBy}, until_at = {End(s)}, signed_by = {s.SignedBy}, signer_name = {s.SignerName},
          on_behalf = {s.OnBehalf}, signed_at = {s.SignedAt}, proof = {s.Proof}, revoked_at = {s.RevokedAt}, reason = {s.Reason}, changed_at = {at}
        where id = {s.Id} and revision = {s.Revision - 1}
        """) == 1;

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static DateTimeOffset End(StandingConsent s) => WorkCalendar.Begin(s.Rule.Until.AddDays(1));

    private static Sql Part(Sql sql) => sql;
}
