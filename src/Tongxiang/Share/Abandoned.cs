using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Leaves a commit without a trace when one of its parts is refused in the middle; whoever began the commit answers with the refusal.</summary>
internal sealed class Abandoned(Refusal refusal) : Exception(refusal.Code)
{
    public Refusal Refusal => refusal;
}

/// <summary>Turns an abandoned commit back into the refusal that ended it.</summary>
internal static class Abandoning
{
    public static async Task<Outcome<T>> OrRefusal<T>(this Task<Outcome<T>> commit)
    {
        try
        {
            return await commit;
        }
        catch (Abandoned e)
        {
            return e.Refusal;
        }
    }
}
