using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

// How a request comes in: from a consumer under its right of use, or from the provider because a person objected.
public sealed partial class Corrections
{
    /// <summary>A request that was examined and is not kept yet.</summary>
    internal sealed record Prepared(Correction Made, Entry Entry, string? Mark, CorrectionContent Content, int Days);

    /// <summary>Reports an error under a right of use. A record must be one that the right shows: it is looked up by the steps of every call, and that is on record.</summary>
    public async Task<Outcome<Correction>> Report(Caller caller, NewCorrection said, CancellationToken ct)
    {
        if (caller is not { IsGovernment: true, Client: null, Person: not null, Agency: { } agency }) return caller.IsAnonymous ? new Refusal(401, "share.sign-in") : Refusal.Forbidden("share.correction-only-departments") with { Article = CorrectionRules.Article };
        if (await grants.Find(caller, said.Grant, ct) is not { } grant || grant.ConsumerAgency != agency || await entries(grant.Entry, ct) is not { } entry) return Refusal.NotFound(said.Grant.ToString());
        if (!grant.IsUsableBy(caller)) return Refusal.Forbidden("share.correction-only-users");
        if (grant.State == GrantState.Ended) return Refusal.Conflict("share.correction-grant-ended", grant.Number);
        if (CorrectionRules.Check(said, entry, grant) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        if (await TooMany(agency, entry.Id, ct) is { } many) return many;
        var content = new CorrectionContent(new Dictionary<string, string>(), null, said.Wrong.Trim(), said.Proposed.Trim(), said.Proof.Trim());
        var prepared = await Prepare(caller, entry, grant, said, content, null, ct);
        if (prepared.IsRefused) return prepared.Refusal!;
        Outcome<Correction> outcome;
        try
        {
            outcome = await db.Commit<Outcome<Correction>>(async tx =>
            {
                var p = prepared.Value;
                var fields = string.Join(',', p.Made.Fields);
                var same = await tx.One(
                    $"select {Columns} from share_correction where consumer = {agency} and entry = {entry.Id} and coalesce(key_mark, '') = {p.Mark ?? ""} and fields = {fields} and closed_at is null", Read);
                return same ?? await Enter(tx, caller, p);
            }, ct);
        }
        catch (System.Data.Common.DbException e) when (Dialect.IsDuplicate(e))
        {
            // A colleague reported the same at the same moment.
            return Refusal.Conflict("share.correction-twice");
        }
        await marks.Follow(ct);
        return outcome;
    }

    /// <summary>What the provider takes up itself because a person objected.</summary>
    internal async Task<Outcome<Prepared>> PrepareOwn(Caller caller, Entry entry, NewOwnCorrection said, Id<Objection> objection, CancellationToken ct)
    {
        if (CorrectionRules.Check(said, entry) is { Count: > 0 } errors) return Refusal.Invalid([.. errors]);
        var content = new CorrectionContent(new Dictionary<string, string>(), null, said.Wrong.Trim(), said.Proposed.Trim(), "");
        return await Prepare(caller, entry, null, new NewCorrection(default, said.Key, said.Fields, said.Wrong, said.Proposed, ""), content, objection, ct);
    }

    internal Task Follow(CancellationToken ct) => marks.Follow(ct);

    /// <summary>Keeps it, with its first step, evidence and notices, in the commit of whatever caused it.</summary>
    internal async Task<Correction> Enter(Tx tx, Caller caller, Prepared prepared)
    {
        var (made, entry) = (prepared.Made with { Number = await Applications.Number(tx, "JH", prepared.Made.ReportedAt) }, prepared.Entry);
        var running = new Clock(CorrectionRules.Rule, made.ReportedAt, prepared.Days, 0, 0, null);
        await tx.Run(
            $"""
            insert into share_correction (id, number, entry, provider, consumer, reporter, grant_id, objection, key_mark, fields, content, version, state, marked, days, due_at, due_provisional,
              next_notice_at, noticed, told, revision, reported_at)
            values ({made.Id}, {made.Number}, {made.Entry}, {made.Provider}, {made.Consumer}, {made.Reporter}, {made.Grant}, {made.Objection}, {prepared.Mark}, {string.Join(',', made.Fields)},
              {SealedWords.Close(node, Place(made.Id), prepared.Content)}, {made.Version}, {made.State}, {1}, {prepared.Days}, {made.DueAt}, {made.DueIsProvisional},
              {Timing.NextNotice(running, 0, calendar.Current)}, {0}, {0}, {1}, {made.ReportedAt})
            """);
        await Keep(tx, caller, made, CorrectionStep.Report, CorrectionState.Open, 1, "", made.ReportedAt);
        foreach (var role in new[] { Role.Steward, Role.SharingOfficeHead })
            await notices.Tell(tx, new Telling(NoticeKind.CorrectionReported, new Recipient(null, made.Provider, role)), Said(made, entry, Timing.Due(running, calendar.Current).Day), made.ReportedAt);
        return made;
    }

    private async Task<Outcome<Prepared>> Prepare(
        Caller caller, Entry entry, Grant? grant, NewCorrection said, CorrectionContent content, Id<Objection>? objection, CancellationToken ct)
    {
        string? mark = null;
        if (said.Key.Count > 0)
        {
            var seen = await look(caller, entry, grant, said.Key.ToDictionary(k => k.Key, k => k.Value.Trim()), said.From, ct);
            if (seen.IsRefused) return seen.Refusal!;
            // Not there and not the caller's to see are told alike.
            if (seen.Value is not { } record) return new Refusal(422, "share.correction-no-record", entry.Content.Name) { Fields = [new FieldError("key", "share.correction-field.no-record")] };
            content = content with { Key = record.Key, Subject = record.Subject };
            mark = marks.NameOf(entry.Id, [.. entry.Content.Key.Select(k => record.Key[k])]);
        }
        var now = clock.GetUtcNow();
        var (dueAt, isProvisional, rule) = deadlines.Due(CorrectionRules.Rule, now);
        string[] named = [.. said.Fields.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var made = new Correction(
            Id<Correction>.New(clock), "", entry.Id, entry.Agency, caller.Agency, caller.Person, grant?.Id, objection, mark is not null, named, current(entry.Id)?.Number, CorrectionState.Open, dueAt, isProvisional, 0, 1, now, null);
        return new Prepared(made, entry, mark, content, rule.Value!.Value);
    }

    private async Task<Refusal?> TooMany(Id<Agency> agency, Id<Entry> entry, CancellationToken ct)
    {
        var open = await db.One($"select count(*) from share_correction where consumer = {agency} and entry = {entry} and closed_at is null", r => r.GetInt64(0), ct);
        if (open >= CorrectionRules.MostOpen) return new Refusal(429, "share.correction-many-open", CorrectionRules.MostOpen) { RetryAfterSeconds = 86_400 };
        var today = await db.One($"select count(*) from share_correction where consumer = {agency} and reported_at >= {WorkCalendar.Begin(WorkCalendar.Day(clock.GetUtcNow()))}", r => r.GetInt64(0), ct);
        return today >= CorrectionRules.MostADay ? new Refusal(429, "share.correction-many-today", CorrectionRules.MostADay) { RetryAfterSeconds = 86_400 } : null;
    }

    private async Task Keep(Tx tx, Caller caller, Correction after, CorrectionStep step, CorrectionState from, long number, string words, DateTimeOffset at)
    {
        var facts = new Dictionary<string, string> { ["number"] = after.Number, ["entry"] = after.Entry.ToString(), ["fields"] = string.Join(',', after.Fields), ["state"] = after.State.ToString(), ["record"] = after.IsRecord ? "yes" : "no" };
        if (!after.IsOpen) facts["told"] = after.Told.ToString(System.Globalization.CultureInfo.InvariantCulture);
        string[] parties = [.. new[] { after.Provider, after.Consumer, BureauOf(after.Provider) }.OfType<Id<Agency>>().Distinct().Select(a => a.ToString())];
        var id = await evidence.Append(tx, new Happening($"share.correction-{KindOf(step)}", caller.Actor, caller.Agency?.ToString(), Place(after.Id), at, facts) { Parties = parties });
        var lies = words.Length == 0 ? null : SealedWords.Close(node, $"{Place(after.Id)}/{number}", words);
        await tx.Run(
            $"""
            insert into share_correction_step (correction, number, step, from_state, to_state, actor, actor_name, agency, at, words, evidence)
            values ({after.Id}, {number}, {step}, {from}, {after.State}, {caller.Actor}, {caller.Name}, {caller.Agency}, {at}, {lies}, {id})
            """);
    }

    private static string KindOf(CorrectionStep step) => step switch
    {
        CorrectionStep.Report => "reported",
        CorrectionStep.TakeUp => "taken-up",
        CorrectionStep.Correct => "corrected",
        CorrectionStep.FindCorrect => "found-correct",
        _ => "withdrawn",
    };

    private static About Said(Correction now, Entry entry, DateOnly? day = null) =>
        new($"{Place(now.Id)}/{now.Revision}", $"/desk/corrections/{now.Id}", [now.Number, entry.Content.Name, day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) ?? ""]);
}
