namespace Tongxiang.Evidence;

/// <summary>Whose disclosures are meant; what is null does not matter, and with nothing set it is the whole node.</summary>
public sealed record DisclosureScope
{
    /// <summary>Id of the client or person that called.</summary>
    public string? Actor { get; init; }

    /// <summary>The operator behind the call, as the pseudonym that evidence carries.</summary>
    public string? Operative { get; init; }

    /// <summary>Number of the grant.</summary>
    public string? Grant { get; init; }

    /// <summary>Name of the resource, as in <c>/data/{resource}</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>Id of the agency that called.</summary>
    public string? Agency { get; init; }

    internal bool Fits(Happening h) =>
        (Actor is null || h.Actor == Actor) && (Agency is null || h.Agency == Agency) && Is(h, "operator", Operative) && Is(h, "grant", Grant) && Is(h, "resource", Resource);

    private static bool Is(Happening h, string fact, string? wanted) => wanted is null || h.Facts.GetValueOrDefault(fact) == wanted;
}

/// <summary>How many persons and records were disclosed.</summary>
/// <param name="Calls">Entries that disclosed persons or answered with rows.</param>
/// <param name="Records">Rows that left.</param>
/// <param name="PersonsAtLeast">Different persons of the resource and month that has most.</param>
/// <param name="PersonsAtMost">Different persons of every resource and month together: the same person in two of them cannot be recognised, because each has a key of its own.</param>
/// <param name="Lost">Entries whose journal key was destroyed: their persons are not counted.</param>
/// <param name="Changed">Entries beside which not the record lies that they commit to: someone changed the log's files.</param>
public sealed record DisclosureCount(long Calls, long Records, long PersonsAtLeast, long PersonsAtMost, long Lost, long Changed, IReadOnlyList<DisclosedGroup> Groups)
{
    /// <summary>Persons in the entries whose key was destroyed; the same one in two of them counts twice.</summary>
    public long LostPersons { get; init; }

    /// <summary>Whether the number of persons is one number and nothing of it was lost.</summary>
    public bool IsExact => PersonsAtLeast == PersonsAtMost && Lost == 0 && Changed == 0;
}

/// <summary>One resource in one month; its number of different persons is exact.</summary>
/// <param name="Scope">Id of the resource's entry.</param>
/// <param name="Month">As yyyyMM.</param>
public sealed record DisclosedGroup(string Scope, int Month, long Calls, long Persons);
