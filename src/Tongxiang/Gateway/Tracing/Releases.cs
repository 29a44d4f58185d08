using System.Data.Common;
using System.Text;
using Tongxiang.Core.Tracing;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway.Tracing;

/// <summary>Every file that left under a right of use, with what is needed to know it again: the secret of its marks comes from the node's key and the release's id alone.</summary>
public sealed class Releases(Db db, NodeKey nodeKey, TimeProvider clock)
{
    private readonly byte[] secret = nodeKey.Derive("gateway file marks");

    /// <summary>Marks a file that was permitted; null for open data, which anybody may have.</summary>
    internal async ValueTask<FileMark?> Begin(Call call, CancellationToken ct)
    {
        if (call.Grant is not { } grant) return null;
        var isPlain = call.Plan is { Order.Count: 0 };
        var release = Make(grant, call, call.Query.Text, isPlain, FileMark.BlockRows, call.Receipt?.ToString());
        await db.Commit(tx => Save(tx, release), ct);
        return new FileMark(release, KeyOf(release.Id));
    }

    /// <summary>Marks a package; it is put on record with it, in the same commit.</summary>
    internal FileMark Prepare(Call call, bool isWhole)
    {
        var release = Make(call.Grant!, call, call.Query.Text, true, isWhole ? FileMark.BlockRows : 0, null);
        return new FileMark(release, KeyOf(release.Id));
    }

    internal async Task Save(Tx tx, Release r)
    {
        var query = nodeKey.Wrap(Encoding.UTF8.GetBytes(r.Query), Context(r.Id));
        await tx.Run(
            $"""
            insert into gateway_release (id, grant_id, grant_number, entry_id, slug, version_number, consumer, actor, mode, form, query, block_rows, has_order, receipt, package, at)
            values ({r.Id}, {r.Grant}, {r.GrantNumber}, {r.Entry}, {r.Slug}, {r.VersionNumber}, {r.Consumer}, {r.Actor}, {r.Mode}, {r.Form}, {query}, {r.BlockRows}, {r.HasOrder}, {r.Receipt}, {r.Package}, {r.At})
            """);
    }

    /// <summary>The newest releases, of one resource or of all.</summary>
    internal Task<IReadOnlyList<Release>> List(string? slug, int limit, CancellationToken ct) => slug is null
        ? db.List(Select().Then($" order by at desc, id desc limit {limit}"), Read, ct)
        : db.List(Select().Then($" where slug = {slug} order by at desc, id desc limit {limit}"), Read, ct);

    internal FileMarkKey KeyOf(Id<Release> id) => new(System.Security.Cryptography.HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(id.ToString())));

    private Release Make(Grant grant, Call call, string query, bool hasOrder, int blockRows, string? receipt) => new(
        Id<Release>.New(clock), grant.Id, grant.Number, call.Entry!.Id, call.Entry.Slug, call.Version!.Number, (grant.ConsumerAgency?.ToString() ?? grant.ConsumerPerson?.ToString())!, call.Caller.Actor,
        call.Mode, call.Form, query, blockRows, hasOrder, receipt, call.Package, clock.GetUtcNow());

    // What was asked for may name a person.
    private Release Read(DbDataReader r)
    {
        var id = r.Id<Release>(0);
        return new Release(
            id, r.Id<Grant>(1), r.GetString(2), r.Id<Catalog.Entry>(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.GetString(7), r.Kind<Catalog.Mode>(8), r.GetString(9),
            Encoding.UTF8.GetString(nodeKey.Unwrap(r.Bytes(10), Context(id))), r.GetInt64(11), r.Flag(12), r.TextOrNull(13), r.TextOrNull(14), r.Instant(15));
    }

    private static Sql Select() => Of($"select id, grant_id, grant_number, entry_id, slug, version_number, consumer, actor, mode, form, query, block_rows, has_order, receipt, package, at from gateway_release");

    private static Sql Of(Sql sql) => sql;

    private static string Context(Id<Release> id) => $"gateway.release:{id}";
}
