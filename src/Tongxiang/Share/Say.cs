using System.Collections.Frozen;
using System.Text.Json;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Names of this part's states, steps and sides as texts in the reader's language.</summary>
public static class Say
{
    public static TextKey State(ApplicationState state) => new($"share.state.{Name(state)}");

    public static TextKey State(GrantState state) => new($"share.grant-state.{Name(state)}");

    public static TextKey Step(Step step) => new($"share.step.{Name(step)}");

    public static TextKey Side(Side side) => new($"share.side.{Name(side)}");

    public static TextKey Ground(RefusalGround ground) => new($"share.ground.{Name(ground)}");

    public static TextKey End(EndGround ground) => new($"share.end.{Name(ground)}");

    private static string Name<T>(T value) where T : struct, Enum => Names<T>.All[value];

    private static class Names<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> All = Enum.GetValues<T>().ToFrozenDictionary(v => v, v => JsonNamingPolicy.KebabCaseLower.ConvertName(v.ToString()));
    }
}
