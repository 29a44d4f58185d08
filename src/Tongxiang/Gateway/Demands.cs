using System.Runtime.CompilerServices;
using Tongxiang.Catalog;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>What a grant demands of a call beyond its own words, as its resource is graded today: worked out once per grant and content.</summary>
internal sealed class Demands
{
    private static readonly ConditionalWeakTable<Grant, Demands> known = [];

    private Demands(EntryContent content, Sensitivity sensitivity) => (this.content, Sensitivity) = (content, sensitivity);

    private readonly EntryContent content;

    public Sensitivity Sensitivity { get; }

    public static Demands Of(Grant grant, EntryContent content)
    {
        if (known.TryGetValue(grant, out var demands) && ReferenceEquals(demands.content, content)) return demands;
        demands = new Demands(content, AssuranceRules.Of(grant.Fields.Select(f => f.Name), content));
        known.AddOrUpdate(grant, demands);
        return demands;
    }

    /// <summary>Whether each call names its operator and case: always for personal data, also when the grant is older than that rule or the field became personal since.</summary>
    public static bool NeedsCase(Grant grant, EntryContent content) => grant.NeedsCase || Of(grant, content).Sensitivity.IsPersonal;
}
