namespace Tongxiang.Core.Behaviour.Traffic;

/// <summary>A register of people by the form of their numbers: division, birth date, sequence.</summary>
sealed class People
{
    public const int Count = 200_000;
    readonly long[] _ordinals = new long[Count];
    readonly HashSet<long> _known = [];

    public People(Random chance)
    {
        for (var i = 0; i < Count; i++)
        {
            var birth = new DateOnly(1940, 1, 1).AddDays(chance.Next(30_000));
            _ordinals[i] = (290_101L + chance.Next(20)) * 100_000_000_000 + (birth.Year * 10_000L + birth.Month * 100 + birth.Day) * 1000 + chance.Next(1000);
        }
        Array.Sort(_ordinals);
        _known = [.. _ordinals];
    }

    public long At(int i) => _ordinals[i % Count];
    public bool Has(long ordinal) => _known.Contains(ordinal);
}
