namespace Tongxiang.Tests.Journeys;

/// <summary>What becomes of one application of the simulated year, decided before it begins; days are counted in working days.</summary>
/// <param name="Filed">Day on which it is sent.</param>
/// <param name="ReplyAfter">From sending to the signed reply.</param>
/// <param name="Extension">Days of extension that are asked for and granted on the day after sending; 0 for none.</param>
/// <param name="DeliverAfter">From the consent to the first delivery; null when the year ends before.</param>
internal sealed record YearCase(int Number, DateOnly Filed, int Resource, int Consumer, bool IsConditional, int ReplyAfter, int Extension, bool HasSupplement, bool IsConsent, int? DeliverAfter)
{
    public int ReplyTerm => IsConditional ? 10 + Extension : 1;

    public DateOnly ReplyDue => WorkingYear.After(Filed, ReplyTerm);

    public DateOnly Replied => WorkingYear.After(Filed, ReplyAfter);

    public bool IsReplyLate => Replied > ReplyDue;

    public DateOnly DeliveryDue => WorkingYear.After(Replied, 20);

    public DateOnly? Delivered => IsConsent && DeliverAfter is { } days ? WorkingYear.After(Replied, days) : null;

    /// <summary>Some deliveries show an error: reported two days later, answered within one to fourteen days, where ten are the law.</summary>
    public DateOnly? Reported => Number % 3 != 1 && Number % 4 == 0 && Delivered is { } day && WorkingYear.After(day, 2) is var at && at <= WorkingYear.Last ? at : null;

    public DateOnly? CorrectionDue => Reported is { } day ? WorkingYear.After(day, 10) : null;

    public DateOnly? Corrected => Reported is { } day && WorkingYear.After(day, 1 + Number * 5 % 14) is var at && at <= WorkingYear.Last ? at : null;

    /// <summary>Half of the refusals are disputed the day after; of these every second is referred to the bureau five days later, the others are settled between the two after three.</summary>
    public DateOnly? Disputed => !IsConsent && Number % 2 == 0 ? InYear(WorkingYear.After(Replied, 1)) : null;

    public bool IsReferred => Number % 4 == 0;

    public DateOnly? Referred => IsReferred && Disputed is { } day ? InYear(WorkingYear.After(day, 5)) : null;

    /// <summary>The bureau takes three to twenty-eight days, where twenty are the local term.</summary>
    public DateOnly? Settled => IsReferred ? Referred is { } day ? InYear(WorkingYear.After(day, 3 + Number * 7 % 26)) : null : Disputed is { } begun ? InYear(WorkingYear.After(begun, 3)) : null;

    public DateOnly? CoordinationDue => Referred is { } day ? WorkingYear.After(day, 20) : null;

    private static DateOnly? InYear(DateOnly day) => day <= WorkingYear.Last ? day : null;

    public bool IsDeliveryLate => IsConsent && (Delivered is not { } day || day > DeliveryDue);
}

/// <summary>The working days of 2026 counted one by one, apart from the product's own arithmetic; after its end no holiday is known and weekdays are taken.</summary>
internal static class WorkingYear
{
    public static DateOnly First { get; } = new(2026, 1, 5);
    public static DateOnly Last { get; } = new(2026, 12, 31);

    private static readonly HashSet<DateOnly> Off =
        [.. Span(1, 1, 1, 3), .. Span(2, 15, 2, 23), .. Span(4, 4, 4, 6), .. Span(5, 1, 5, 5), .. Span(6, 19, 6, 21), .. Span(9, 25, 9, 27), .. Span(10, 1, 10, 7)];

    private static readonly HashSet<DateOnly> Worked = [new(2026, 1, 4), new(2026, 2, 14), new(2026, 2, 28), new(2026, 5, 9), new(2026, 9, 20), new(2026, 10, 10)];

    public static bool IsWorking(DateOnly day) => Worked.Contains(day) || (!Off.Contains(day) && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday));

    public static DateOnly After(DateOnly day, int workingDays)
    {
        while (workingDays > 0)
        {
            day = day.AddDays(1);
            if (IsWorking(day)) workingDays--;
        }
        return day;
    }

    /// <summary>A plan of the year from a seed: most answer in time, some late, some never deliver.</summary>
    public static IReadOnlyList<YearCase> Plan(int seed, int resources, int consumers, Func<int, bool> isConditional)
    {
        var chance = new Random(seed);
        var cases = new List<YearCase>();
        for (var day = First; day < new DateOnly(2026, 12, 1); day = day.AddDays(1))
        {
            if (!IsWorking(day) || chance.Next(100) >= 40) continue;
            var resource = chance.Next(resources);
            var conditional = isConditional(resource);
            var extension = conditional && chance.Next(100) < 15 ? chance.Next(3, 11) : 0;
            var reply = conditional ? chance.Next(2, 13 + extension) : chance.Next(1, 3);
            cases.Add(new YearCase(
                cases.Count + 1, day, resource, chance.Next(consumers), conditional, Math.Max(2, reply) - (conditional ? 0 : chance.Next(2)), extension,
                conditional && reply >= 4 && chance.Next(100) < 20, chance.Next(100) < 85, chance.Next(100) < 92 ? chance.Next(1, 24) : null));
        }
        return cases;
    }

    private static IEnumerable<DateOnly> Span(int fromMonth, int fromDay, int toMonth, int toDay)
    {
        for (var day = new DateOnly(2026, fromMonth, fromDay); day <= new DateOnly(2026, toMonth, toDay); day = day.AddDays(1)) yield return day;
    }
}
