using System.Data.Common;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>How the link of a staff id to a person stands.</summary>
public enum ExternalLinkState { Waiting, Linked, Refused, Withdrawn, Ended }

/// <summary>A person's staff id at the external provider: asked for by one, decided by another, kept for good.</summary>
/// <param name="Proof">Id of the evidence of its newest step.</param>
public sealed record ExternalLink(
    Id<ExternalLink> Id, string Issuer, string StaffId, Id<Person> Person, ExternalLinkState State, string AskedBy, DateTimeOffset AskedAt, string? DecidedBy, DateTimeOffset? DecidedAt, string Note, string Proof)
{
    internal static readonly Sql Columns = Part($"id, issuer, staff_id, person, state, asked_by, asked_at, decided_by, decided_at, note, evidence");

    internal static ExternalLink Read(DbDataReader r) => new(
        r.Id<ExternalLink>(0), r.GetString(1), r.GetString(2), r.Id<Person>(3), r.Kind<ExternalLinkState>(4), r.GetString(5), r.Instant(6), r.TextOrNull(7), r.InstantOrNull(8), r.GetString(9), r.GetString(10));

    internal static async Task Insert(Tx tx, ExternalLink link) => await tx.Run(
        $"""
        insert into agencies_external_person (id, issuer, staff_id, person, state, asked_by, asked_at, decided_by, decided_at, note, evidence)
        values ({link.Id}, {link.Issuer}, {link.StaffId}, {link.Person}, {link.State}, {link.AskedBy}, {link.AskedAt}, {link.DecidedBy}, {link.DecidedAt}, {link.Note}, {link.Proof})
        """);

    private static Sql Part(Sql sql) => sql;
}

/// <summary>Tells a person, in the commit that does it, that a staff id was linked to the account or is no longer.</summary>
/// <param name="once">Makes the notice once.</param>
public delegate Task ExternalLinkNotice(Tx tx, Id<Person> person, bool isLinked, string once, DateTimeOffset at);
