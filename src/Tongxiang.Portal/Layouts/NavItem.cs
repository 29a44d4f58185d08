namespace Tongxiang.Portal.Layouts;

/// <summary>One line of a side navigation; <paramref name="Count"/> shows what waits there.</summary>
public sealed record NavItem(string Path, string Text, int Count = 0);

/// <summary>Lines of a side navigation under one heading.</summary>
public sealed record NavGroup(string Title, IReadOnlyList<NavItem> Items);
