using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>The feed of what changed among agencies, people, clients and rules: each copy of the node follows it.</summary>
internal static class Changes
{
    public static async Task Record(Tx tx, string kind, string subject, DateTimeOffset now)
    {
        var number = await tx.Next("agencies_change");
        await tx.Run($"insert into agencies_change (number, kind, subject, changed_at) values ({number}, {kind}, {subject}, {now})");
    }

    public static Task<long> Last(Db db, CancellationToken ct) =>
        db.One($"select coalesce(max(number), 0) from agencies_change", r => r.GetInt64(0), ct);
}
