namespace Tongxiang.Core;

/// <summary>Names the checkable requirements of the law (1–40) that a type or a method enforces; <c>docs/law-map.md</c> is made from it.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method, Inherited = false)]
public sealed class EnforcesAttribute(params int[] requirements) : Attribute
{
    public IReadOnlyList<int> Requirements { get; } = requirements;
}
