using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The feed of what changed among applications and grants: followers read on from the number they know.</summary>
internal static class Changes
{
    /// <summary>Always the last statement of a commit but one: its number stays locked until the end, so numbers appear in commit order.</summary>
    public static async Task Record(Tx tx, string kind, string subject, DateTimeOffset at)
    {
        var number = await tx.Next("share_change");
        await tx.Run($"insert into share_change (number, kind, subject, at) values ({number}, {kind}, {subject}, {at})");
    }
}
