using System.Text.Json.Serialization;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>How an indicator turns its inputs into points from 0 to 100.</summary>
public enum ScoreFunction
{
    /// <summary>a / b.</summary>
    Ratio,

    /// <summary>min(n / target, 1).</summary>
    CappedCount,

    /// <summary>Straight between floor (0) and goal (100).</summary>
    Linear,

    /// <summary>The points of the highest band whose bound is reached.</summary>
    Bands,

    /// <summary>Lower is better: 100 up to best, 0 from worst on.</summary>
    Inverse,

    /// <summary>Tasks on time of all tasks.</summary>
    OnTime,

    /// <summary>100 less so many for each, not below a floor.</summary>
    Deduction,

    /// <summary>So many points for each on top of the total, up to a ceiling; has no weight.</summary>
    Bonus,

    /// <summary>When it happened at all, the total is at most so much; has no weight.</summary>
    Veto,

    /// <summary>Min–max within the group of peers.</summary>
    Peer,

    /// <summary>The mean of two reviewers' marks, with their evidence.</summary>
    Manual,
}

/// <summary>What becomes of an indicator without data.</summary>
public enum MissingPolicy
{
    /// <summary>Left out; its siblings take its weight in proportion.</summary>
    Exclude,

    /// <summary>Counts as 0.</summary>
    Zero,

    /// <summary>No total until the data are there.</summary>
    Hold,
}

/// <summary>A band of <see cref="ScoreFunction.Bands"/>.</summary>
public sealed record ScoreBand(decimal From, decimal Points);

/// <summary>Numbers of an indicator's function; what the function does not use is null.</summary>
/// <param name="Target">Target, goal, best.</param>
/// <param name="Floor">Floor of a line, worst of an inverse, lowest after deductions.</param>
/// <param name="Each">Points for each finding or bonus.</param>
/// <param name="Ceiling">Most points of a bonus; the cap of a veto.</param>
public sealed record ScoreNumbers(decimal? Target = null, decimal? Floor = null, decimal? Each = null, decimal? Ceiling = null, IReadOnlyList<ScoreBand>? Bands = null);

/// <summary>A node of the indicator tree: a head with children, or an indicator with a function.</summary>
/// <param name="Key">Unique in the scheme.</param>
/// <param name="Weight">Percent of its parent; the weights of siblings sum to 100.</param>
/// <param name="IsUtilisation">Measures the rate of use: these weigh 40 % of the whole at least.</param>
/// <param name="Source">Figure of the supervision report that gives the inputs; null: they are handed in with evidence.</param>
public sealed record SchemeNode(
    string Key, string Name, string NameEn, decimal Weight, IReadOnlyList<SchemeNode>? Children = null, ScoreFunction? Function = null, ScoreNumbers? Numbers = null, MissingPolicy? Missing = null,
    bool IsUtilisation = false, string? Source = null)
{
    [JsonIgnore]
    public bool IsLeaf => Children is not { Count: > 0 };

    /// <summary>Whether it stands outside the weights.</summary>
    [JsonIgnore]
    public bool IsAside => Function is ScoreFunction.Bonus or ScoreFunction.Veto;
}

/// <summary>A draft of a scheme, or one frozen for its period.</summary>
public enum SchemeState { Draft, Frozen }

/// <summary>An appraisal scheme (考核方案): its tree is frozen for a period, and what comes later is a new version.</summary>
/// <param name="Period">As 2026 or 2026-11.</param>
public sealed record Scheme(
    Id<Scheme> Id, string Name, string Period, Id<Agency> Bureau, long Version, SchemeState State, SchemeNode Tree, string Rules, string Digest, long Revision, string MadeBy, DateTimeOffset MadeAt, DateTimeOffset? FrozenAt);

/// <summary>A scheme as handed in.</summary>
public sealed record NewScheme(string Name, string Period, SchemeNode Tree);

/// <summary>Inputs of one indicator.</summary>
/// <param name="Value">The number counted; a of a ratio; tasks on time.</param>
/// <param name="Of">b of a ratio; all tasks.</param>
/// <param name="Least">Lowest of the peers.</param>
/// <param name="Most">Highest of the peers.</param>
/// <param name="Evidence">Where the number stands: a figure of a report, a document.</param>
public sealed record ScoreInput(decimal? Value = null, decimal? Of = null, decimal? Least = null, decimal? Most = null, Mark? First = null, Mark? Second = null, string Evidence = "");

/// <summary>A reviewer's mark, 0–100.</summary>
public sealed record Mark(string Reviewer, decimal Points, string Grounds);

/// <summary>What a node scored, with the formula as it was computed.</summary>
/// <param name="Points">Null where there were no data.</param>
/// <param name="Share">Weight in the whole that it had in this computation, percent; siblings without data gave theirs to it.</param>
public sealed record NodeScore(string Key, string Name, string NameEn, decimal Weight, decimal? Points, decimal Share, string Formula, ScoreInput? Input, IReadOnlyList<NodeScore> Children);

/// <summary>A score: the total, how it came about and by which rules.</summary>
/// <param name="Total">Null while an indicator on hold has no data.</param>
/// <param name="Held">Keys of the indicators that hold it.</param>
public sealed record ScoreResult(decimal? Total, decimal Weighted, decimal Bonus, decimal? Cap, IReadOnlyList<string> Held, NodeScore Tree);

/// <summary>A kept score of one department.</summary>
public sealed record Score(
    Id<Score> Id, Id<Scheme> Scheme, Id<Agency> Agency, long Issue, IReadOnlyDictionary<string, ScoreInput> Inputs, ScoreResult Result, string Rules, string Digest, string MadeBy, DateTimeOffset MadeAt, string Evidence);
