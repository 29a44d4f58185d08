using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>The feed that tells every copy of the node to look again.</summary>
internal static class Changes
{
    public static async Task Record(Tx tx, string kind, string subject, DateTimeOffset now)
    {
        var number = await tx.Next("watch_change");
        await tx.Run($"insert into watch_change (number, kind, subject, changed_at) values ({number}, {kind}, {subject}, {now})");
    }
}
