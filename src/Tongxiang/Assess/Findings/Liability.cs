using System.Collections.Frozen;
using System.Collections.Immutable;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Assess;

/// <summary>Whom an item of arts. 39–42 speaks of.</summary>
public enum LiableSide { Provider, Consumer, Bureau, Anyone }

/// <summary>One item of the liability articles of Order 809.</summary>
/// <param name="Id">Article and item, such as <c>39-4</c>; art. 42 has no items.</param>
public sealed record LiabilityItem(string Id, int Article, int? Item, LiableSide Side)
{
    /// <summary>Text of what the item forbids.</summary>
    public TextKey Says => new("assess.item." + Id);

    /// <summary>The article with its item, as papers cite it.</summary>
    public string Cited(string language) => language == Texts.English
        ? Law.Named(Law.Order809(Article), language) + (Item is { } english ? $" ({english})" : "")
        : Law.Order809(Article) + (Item is { } item ? $"第（{"零一二三四五六七八九"[item]}）项" : "");
}

/// <summary>The items of arts. 39–42. Their consequence is an order to correct, never a fine: nothing here counts money.</summary>
public static class Liability
{
    public static ImmutableArray<LiabilityItem> All { get; } =
    [
        .. Enumerable.Range(1, 9).Select(i => new LiabilityItem($"39-{i}", 39, i, LiableSide.Provider)),
        .. Enumerable.Range(1, 7).Select(i => new LiabilityItem($"40-{i}", 40, i, LiableSide.Consumer)),
        .. Enumerable.Range(1, 3).Select(i => new LiabilityItem($"41-{i}", 41, i, LiableSide.Bureau)),
        new LiabilityItem("42", 42, null, LiableSide.Anyone),
    ];

    private static readonly FrozenDictionary<string, LiabilityItem> ById = All.ToFrozenDictionary(i => i.Id, StringComparer.Ordinal);

    public static LiabilityItem? Find(string id) => ById.GetValueOrDefault(id);
}
