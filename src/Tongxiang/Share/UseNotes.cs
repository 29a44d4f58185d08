using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The parts of the use ledger that no system can see by itself: what came of the use, where the data are kept, how they were destroyed.</summary>
public enum NotePart { Effect, Storage, Destruction }

/// <summary>One entry of the consumer's own in its ledger: added, never changed, never deleted.</summary>
public sealed record UseNote(Id<UseNote> Id, Id<Grant> Grant, Id<Agency> Agency, NotePart Part, string Body, string NotedBy, DateTimeOffset NotedAt);

/// <summary>
/// A grant's page of the ledger with its five parts (Order 809 art. 29): scene (场景), process (过程), effect (成效), storage (存储), destruction (销毁).
/// </summary>
/// <param name="Grant">The scene: purpose, matter, fields, parties, term.</param>
/// <param name="Process">Calls, rows, files and refusals of the time.</param>
public sealed record LedgerSheet(Grant Grant, UseTotals Process, IReadOnlyList<UseNote> Effect, IReadOnlyList<UseNote> Storage, IReadOnlyList<UseNote> Destruction);

/// <summary>What the consumer adds to the ledger, read by provider and consumer.</summary>
public sealed class UseNotes(Db db, TimeProvider clock, EvidenceLog evidence, Grants grants)
{
    public async Task<Outcome<UseNote>> Add(Caller caller, Id<Grant> id, NotePart part, string body, CancellationToken ct)
    {
        if (await grants.Find(caller, id, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        if (caller.Client is not null || caller.Agency is not { } agency || agency != grant.ConsumerAgency) return Refusal.Forbidden("share.note-only-consumer");
        if (body.Trim().Length is < 2 or > 2000) return Refusal.Invalid(new FieldError("body", "share.field.use-note", body.Trim().Length));
        var note = new UseNote(Id<UseNote>.New(clock), id, agency, part, body.Trim(), caller.Actor, clock.GetUtcNow());
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into share_use_note (id, grant_id, agency, part, body, noted_by, noted_at)
                values ({note.Id}, {id}, {agency}, {part}, {note.Body}, {note.NotedBy}, {note.NotedAt})
                """);
            // The digest fixes the words: a row changed behind the programs' back no longer fits its evidence.
            var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(note.Body)));
            await evidence.Append(tx, new Happening("share.use-noted", caller.Actor, agency.ToString(), $"grant:{id}", note.NotedAt, new Dictionary<string, string> { ["part"] = part.ToString(), ["note"] = note.Id.ToString(), ["digest"] = digest })
            {
                Parties = [grant.Provider.ToString()],
            });
        }, ct);
        return note;
    }

    /// <summary>Notes under a grant, oldest first, for its parties.</summary>
    public async Task<IReadOnlyList<UseNote>> Of(Caller caller, Id<Grant> id, CancellationToken ct) =>
        await grants.Find(caller, id, ct) is null ? [] : await db.List($"select id, grant_id, agency, part, body, noted_by, noted_at from share_use_note where grant_id = {id} order by noted_at, id", Read, ct);

    private static UseNote Read(DbDataReader r) => new(r.Id<UseNote>(0), r.Id<Grant>(1), r.Id<Agency>(2), r.Kind<NotePart>(3), r.GetString(4), r.GetString(5), r.Instant(6));
}
