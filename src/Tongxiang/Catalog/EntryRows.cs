using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>One kept content of an entry.</summary>
/// <param name="Digest">SHA-256 of the canonical JSON, lower-case hex.</param>
public sealed record Revision(long Number, EntryContent Content, string Digest, string Author, string Note, DateTimeOffset CreatedAt, string EvidenceId);

/// <summary>An assessment made before cataloguing.</summary>
/// <param name="Revision">The revision it judged; it stands until an edit touches what it judged.</param>
public sealed record Assessment(AssessmentKind Kind, long Revision, string Conclusion, string Author, string AuthorName, DateTimeOffset MadeAt, string EvidenceId);

/// <summary>A step that was taken.</summary>
public sealed record StepTaken(Step Step, long Revision, string Actor, string ActorName, string? Agency, string Note, DateTimeOffset At, string EvidenceId)
{
    /// <summary>The head for whom a deputy signed; null when the actor signed as themselves.</summary>
    public Id<Agencies.Person>? OnBehalfOf { get; init; }
}

/// <summary>All that happened to an entry.</summary>
public sealed record EntryHistory(IReadOnlyList<Revision> Revisions, IReadOnlyList<Assessment> Assessments, IReadOnlyList<StepTaken> Steps);

/// <summary>An entry with what only the flow needs.</summary>
/// <param name="AssessFrom">Assessments of this revision and later ones still stand.</param>
/// <param name="Turn">Counts changes of the row; a change names the turn it saw.</param>
internal sealed record EntryRow(Entry Entry, long AssessFrom, long Turn);

/// <summary>Reads and forms the rows of entries.</summary>
internal static class EntryRows
{
    public static Sql Select => new Sql().Then(
        $"""
        select e.id, e.code, e.slug, e.agency, e.state, e.revision, e.draft_revision, e.draft_state, e.assess_from, e.turn,
          e.created_at, e.changed_at, e.published_at, e.in_force_at, e.due_at, e.due_rule, e.due_provisional, r.content, d.content, e.retired_at, e.successor
        from catalog_entry e
        join catalog_revision r on r.entry = e.id and r.revision = e.revision
        left join catalog_revision d on d.entry = e.id and d.revision = e.draft_revision
        """);

    public static EntryRow Read(DbDataReader row) => new(
        new Entry(
            row.Id<Entry>(0), row.GetString(1), row.GetString(2), row.Id<Agencies.Agency>(3), row.Kind<EntryState>(4), row.GetInt64(5),
            row.Json<EntryContent>(17), row.IsDBNull(18) ? null : row.Json<EntryContent>(18), row.IsDBNull(7) ? null : row.Kind<EntryState>(7),
            row.Instant(10), row.Instant(11), row.InstantOrNull(12))
        {
            DraftRevision = row.LongOrNull(6),
            InForceAt = row.InstantOrNull(13),
            DueAt = row.InstantOrNull(14),
            DueRule = row.TextOrNull(15),
            DueIsProvisional = row.Flag(16),
            RetiredAt = row.InstantOrNull(19),
            Successor = row.TextOrNull(20),
        },
        row.GetInt64(8), row.GetInt64(9));

    public static Revision ReadRevision(DbDataReader row) =>
        new(row.GetInt64(0), row.Json<EntryContent>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.Instant(5), row.GetString(6));

    public static string Digest(EntryContent content) =>
        Convert.ToHexStringLower(SHA256.HashData(Canonical.Json(JsonSerializer.SerializeToNode(content, Wire.Json))));

    /// <summary>The store's constraints look at the basis that grounds most, so it goes into the columns.</summary>
    public static Task Insert(Tx tx, Id<Entry> entry, long revision, EntryContent c, string digest, string author, string note, DateTimeOffset at, string evidence)
    {
        var basis = c.Sharing.Bases.FirstOrDefault(EntryRules.Grounds);
        var release = c.OpensPersons ? c.Opening.Release : null;
        return tx.Run(
            $"""
            insert into catalog_revision (entry, revision, content, digest, name, share_class, share_scope, share_use, share_reason, basis_kind, basis_title, basis_article,
              open_class, secrecy, grade, personal, persons, release, author, note, created_at, evidence)
            values ({entry}, {revision}, {JsonSerializer.Serialize(c, Wire.Json)}, {digest}, {c.Name}, {c.Sharing.Class}, {c.Sharing.Scope}, {c.Sharing.PermittedUse}, {c.Sharing.Reason},
              {basis?.Kind.ToString() ?? ""}, {basis?.Title ?? ""}, {basis?.Article ?? ""}, {c.Opening.Class}, {c.Secrecy}, {c.Grade}, {c.HasPersonalData && release is null}, {c.HasPersonalData}, {release}, {author}, {note}, {at}, {evidence})
            """);
    }
}
