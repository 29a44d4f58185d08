using System.Data.Common;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>How a change of roles stands.</summary>
public enum RoleChangeState { Waiting, Done, Refused, Withdrawn }

/// <summary>A change of somebody's roles, asked for and, where it gives rights, decided by a second person; kept for good.</summary>
/// <param name="NeedsSecond">Whether somebody else had to approve it.</param>
/// <param name="Proof">Id of the evidence of its newest step.</param>
public sealed record RoleChange(
    Id<RoleChange> Id, Id<Person> Person, IReadOnlySet<Role> Before, IReadOnlySet<Role> After, string Reason, bool NeedsSecond, RoleChangeState State,
    string AskedBy, DateTimeOffset AskedAt, string? DecidedBy, DateTimeOffset? DecidedAt, string Note, string Proof)
{
    internal static readonly Sql Columns = Part($"id, person, before_roles, after_roles, reason, needs_second, state, asked_by, asked_at, decided_by, decided_at, note, evidence");

    internal static RoleChange Read(DbDataReader r) => new(
        r.Id<RoleChange>(0), r.Id<Person>(1), Roles(r.GetString(2)), Roles(r.GetString(3)), r.GetString(4), r.Flag(5), r.Kind<RoleChangeState>(6),
        r.GetString(7), r.Instant(8), r.TextOrNull(9), r.InstantOrNull(10), r.GetString(11), r.GetString(12));

    internal static string Text(IEnumerable<Role> roles) => string.Join(' ', roles.Order());

    internal static async Task Insert(Tx tx, RoleChange change) => await tx.Run(
        $"""
        insert into agencies_role_change (id, person, before_roles, after_roles, reason, needs_second, state, asked_by, asked_at, decided_by, decided_at, note, evidence)
        values ({change.Id}, {change.Person}, {Text(change.Before)}, {Text(change.After)}, {change.Reason}, {change.NeedsSecond}, {change.State}, {change.AskedBy}, {change.AskedAt},
          {change.DecidedBy}, {change.DecidedAt}, {change.Note}, {change.Proof})
        """);

    private static HashSet<Role> Roles(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<Role>)];

    private static Sql Part(Sql sql) => sql;
}
