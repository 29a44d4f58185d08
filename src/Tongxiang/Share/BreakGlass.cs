using System.Data.Common;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>How an emergency access stands: nobody has answered for a day is lapsed.</summary>
public enum BreakGlassState { Waiting, Open, Refused, Ended, Lapsed }

/// <summary>What somebody without any right over data asks for in an emergency.</summary>
/// <param name="Resource">The one resource.</param>
/// <param name="Fields">Names of its fields.</param>
/// <param name="Occasion">Number of the incident or case it belongs to.</param>
/// <param name="Minutes">1 to 60.</param>
public sealed record BreakGlassWish(string Resource, IReadOnlyList<string> Fields, string Reason, string Occasion, long Minutes);

/// <summary>An emergency access (应急访问授权): asked by one, allowed by another of another role, for minutes and one resource.</summary>
/// <param name="Number">Readable number, under which every read is witnessed.</param>
public sealed record BreakGlass(
    Id<BreakGlass> Id, string Number, Id<Entry> Entry, string Resource, Id<Agency> Provider, Id<Agency>? Bureau, Id<Person> AskedBy, Role AskedAs, Id<Agency>? AskedFor,
    IReadOnlyList<string> Fields, string Reason, string Occasion, long Minutes, DateTimeOffset AskedAt, BreakGlassState State,
    Id<Person>? DecidedBy, Role? DecidedAs, DateTimeOffset? DecidedAt, string Note, DateTimeOffset? Until, string? EndedBy, DateTimeOffset? EndedAt, string Proof)
{
    /// <summary>Rows that all its reads took together.</summary>
    public long RowsRead { get; init; }

    internal static readonly Sql Columns = Part(
        $"""
        id, number, entry, resource, provider, bureau, asked_by, asked_role, asked_agency, fields, reason, occasion, minutes, asked_at, state,
        decided_by, decided_role, decided_at, note, until_at, ended_by, ended_at, evidence, rows_read
        """);

    internal static BreakGlass Read(DbDataReader r) => new(
        r.Id<BreakGlass>(0), r.GetString(1), r.Id<Entry>(2), r.GetString(3), r.Id<Agency>(4), r.IdOrNull<Agency>(5), r.Id<Person>(6), r.Kind<Role>(7), r.IdOrNull<Agency>(8),
        r.Json<string[]>(9), r.GetString(10), r.GetString(11), r.GetInt64(12), r.Instant(13), r.Kind<BreakGlassState>(14),
        r.IdOrNull<Person>(15), r.IsDBNull(16) ? null : r.Kind<Role>(16), r.InstantOrNull(17), r.GetString(18), r.InstantOrNull(19), r.TextOrNull(20), r.InstantOrNull(21), r.GetString(22))
    {
        RowsRead = r.GetInt64(23),
    };

    /// <summary>The right that the gateway decides by: the asker's alone, for calls alone, with case and operator, and few rows.</summary>
    internal Grant AsGrant() => new(
        new Id<Grant>(Id.Value), Number, Entry, Provider, null, AskedBy, [.. Fields.Select(f => new GrantedField(f, FieldForm.Plain))], "", Reason, "", true,
        [Mode.Api], new GrantLimits(null, [], 100, BreakGlassRules.MostRows, 30), Assurance.SignedAssertion, DecidedAt!.Value, Until!.Value, "", "",
        State == BreakGlassState.Open ? GrantState.Active : GrantState.Ended, null, "", "", DecidedAt.Value);

    private static Sql Part(Sql sql) => sql;
}
