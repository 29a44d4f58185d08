using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Where the one extension of a catalogue update stands.</summary>
public enum ExtensionState { None, Asked, Granted, Denied }

/// <summary>A change of law or duty that makes an entry wrong: it must be updated and submitted in ten working days (Order 809 art. 17).</summary>
/// <param name="MetAt">When the updated entry reached the bureau.</param>
public sealed record UpdateDuty(
    Id<UpdateDuty> Id, Id<Entry> Entry, string Reason, DateTimeOffset OccurredAt, DateTimeOffset DueAt, bool DueIsProvisional, ExtensionState Extension, string ExtensionReason, DateTimeOffset? MetAt);

/// <summary>The register of changes that oblige to update the catalogue, with their clocks.</summary>
[Enforces(5)]
public sealed class UpdateDuties(Db db, TimeProvider clock, EvidenceLog evidence, Deadlines deadlines, Entries entries)
{
    /// <summary>Records a change; the clock runs from the day it happened, not from the day it is recorded.</summary>
    public async Task<Outcome<UpdateDuty>> Report(Caller caller, Id<Entry> entry, DateTimeOffset occurredAt, string reason, CancellationToken ct)
    {
        if (await Seen(caller, entry, ct) is not { } found) return Refusal.NotFound("catalog.entry");
        if (!IsProviders(caller, found) && !IsBureaus(caller, found)) return Refusal.Forbidden("catalog.not-steward");
        var now = clock.GetUtcNow();
        if (WorkCalendar.Day(occurredAt) > WorkCalendar.Day(now)) return Refusal.Invalid(new FieldError("occurredAt", "catalog.future-event"));
        if (ReasonRule(reason) is { } bad) return bad;
        var (dueAt, isProvisional, _) = deadlines.Due("DL-01", occurredAt);
        var duty = new UpdateDuty(Id<UpdateDuty>.New(clock), entry, reason.Trim(), occurredAt, dueAt, isProvisional, ExtensionState.None, "", null);
        await db.Commit(async tx =>
        {
            await Prove(tx, "catalog.duty-reported", caller, duty);
            await tx.Run(
                $"""
                insert into catalog_duty (id, entry, reason, occurred_at, due_at, due_provisional, extension, extension_reason, created_by, created_at)
                values ({duty.Id}, {entry}, {duty.Reason}, {occurredAt}, {dueAt}, {isProvisional}, {ExtensionState.None}, {""}, {caller.Actor}, {now})
                """);
        }, ct);
        return duty;
    }

    /// <summary>The provider asks for the one extension.</summary>
    public Task<Outcome<UpdateDuty>> AskExtension(Caller caller, Id<UpdateDuty> id, string reason, CancellationToken ct) =>
        Extend(caller, id, ExtensionState.None, ExtensionState.Asked, reason, IsProviders, ct);

    /// <summary>The bureau agrees, or does not; until it agrees the first date stands.</summary>
    public Task<Outcome<UpdateDuty>> DecideExtension(Caller caller, Id<UpdateDuty> id, bool granted, CancellationToken ct) =>
        Extend(caller, id, ExtensionState.Asked, granted ? ExtensionState.Granted : ExtensionState.Denied, null, IsBureaus, ct);

    /// <summary>Duties that are not met, due first: for the overdue board.</summary>
    public Task<IReadOnlyList<UpdateDuty>> Open(CancellationToken ct) => db.List(Select.Then($" where met_at is null order by due_at, id"), Read, ct);

    public Task<IReadOnlyList<UpdateDuty>> Of(Id<Entry> entry, CancellationToken ct) => db.List(Select.Then($" where entry = {entry} order by id"), Read, ct);

    private async Task<Outcome<UpdateDuty>> Extend(
        Caller caller, Id<UpdateDuty> id, ExtensionState from, ExtensionState to, string? reason, Func<Caller, Entry, bool> isTheirs, CancellationToken ct)
    {
        if (await db.One(Select.Then($" where id = {id}"), Read, ct) is not { } duty || await Seen(caller, duty.Entry, ct) is not { } entry) return Refusal.NotFound("catalog.duty");
        if (!isTheirs(caller, entry)) return Refusal.Forbidden(to == ExtensionState.Asked ? "catalog.not-steward" : "catalog.not-bureau");
        if (reason is not null && ReasonRule(reason) is { } bad) return bad;
        if (duty.MetAt is not null) return Refusal.Conflict("catalog.duty-met");
        var (dueAt, isProvisional) = (duty.DueAt, duty.DueIsProvisional);
        if (to == ExtensionState.Granted)
        {
            var extended = deadlines.Due("DL-01-EXT", duty.DueAt);
            (dueAt, isProvisional) = (extended.DueAt, duty.DueIsProvisional || extended.IsProvisional);
        }
        var changed = duty with { Extension = to, ExtensionReason = reason?.Trim() ?? duty.ExtensionReason, DueAt = dueAt, DueIsProvisional = isProvisional };
        var done = await db.Commit(async tx =>
        {
            var touched = await tx.Run(
                $"""
                update catalog_duty set extension = {to}, extension_reason = {changed.ExtensionReason}, extension_by = {caller.Actor}, due_at = {dueAt}, due_provisional = {isProvisional}
                where id = {id} and extension = {from} and met_at is null
                """);
            if (touched == 1) await Prove(tx, $"catalog.extension-{to.ToString().ToLowerInvariant()}", caller, changed);
            return touched == 1;
        }, ct);
        return done ? changed : Refusal.Conflict("catalog.extension-decided");
    }

    private async Task<Entry?> Seen(Caller caller, Id<Entry> id, CancellationToken ct)
    {
        var found = await entries.Find(caller, id, ct);
        return found.IsRefused ? null : found.Value;
    }

    private static bool IsProviders(Caller caller, Entry entry) => caller.Has(Role.Steward, entry.Agency) || caller.Has(Role.SharingOfficeHead, entry.Agency);

    private bool IsBureaus(Caller caller, Entry entry) =>
        entries.BureauOf(entry.Agency) is { } bureau && (caller.Has(Role.BureauReviewer, bureau) || caller.Has(Role.BureauHead, bureau));

    private static Refusal? ReasonRule(string reason)
    {
        var book = new RuleBook(Readiness.Complete);
        book.Text("reason", reason, 2, 2000, isNeeded: true, always: true);
        return book.Findings.IsGood ? null : Refusal.Invalid([.. book.Findings.Errors]);
    }

    private Task<string> Prove(Tx tx, string kind, Caller caller, UpdateDuty duty)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["duty"] = duty.Id.ToString(), ["dueAt"] = duty.DueAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture) };
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"entry:{duty.Entry}", clock.GetUtcNow(), facts));
    }

    private static Sql Select => new Sql().Then($"select id, entry, reason, occurred_at, due_at, due_provisional, extension, extension_reason, met_at from catalog_duty");

    private static UpdateDuty Read(DbDataReader row) => new(
        row.Id<UpdateDuty>(0), row.Id<Entry>(1), row.GetString(2), row.Instant(3), row.Instant(4), row.Flag(5), row.Kind<ExtensionState>(6), row.GetString(7), row.InstantOrNull(8));
}
