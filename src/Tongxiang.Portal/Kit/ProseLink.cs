using System.Text.RegularExpressions;

namespace Tongxiang.Portal.Kit;

/// <summary>The one piece of markup that texts may carry: <c>[words](address)</c>.</summary>
static partial class ProseLink
{
    [GeneratedRegex(@"\[([^\]]+)\]\(([^)]+)\)")]
    public static partial Regex Pattern();
}
