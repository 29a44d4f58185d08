using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Evidence;

/// <summary>Who witnesses this node's log, and whose logs it witnesses; section <c>Witness</c> of the settings.</summary>
public sealed record WitnessSettings : IValidatableObject
{
    /// <summary>Nodes that are asked to cosign every checkpoint.</summary>
    public IReadOnlyList<WitnessPeer> Peers { get; init; } = [];

    /// <summary>How many of them must have cosigned before a checkpoint counts as final; 0: none.</summary>
    [Range(0, 100)]
    public int Quorum { get; init; }

    /// <summary>Verifier keys (<c>name+id+key</c>) of the logs that this node cosigns.</summary>
    public IReadOnlyList<string> Logs { get; init; } = [];

    /// <summary>Minutes after which a log without a final checkpoint is reported as not healthy.</summary>
    [Range(1, 100_000)]
    public int OldestMinutes { get; init; } = 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Quorum > Peers.Count) yield return new ValidationResult($"Quorum is {Quorum}, but only {Peers.Count} peers are named.", [nameof(Quorum)]);
        foreach (var log in Logs)
            if (Flaw(log) is { } flaw) yield return new ValidationResult(flaw, [nameof(Logs)]);
        foreach (var peer in Peers)
        {
            if (Flaw(peer.Key) is { } flaw) yield return new ValidationResult(flaw, [nameof(Peers)]);
            if (!Uri.TryCreate(peer.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) yield return new ValidationResult($"'{peer.Url}' is no address.", [nameof(Peers)]);
        }
    }

    private static string? Flaw(string key)
    {
        try
        {
            _ = Core.Ledger.VerifierKey.Parse(key);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}

/// <summary>A witness of this node's log.</summary>
public sealed record WitnessPeer
{
    /// <summary>Where it takes requests: <c>{Url}/add-checkpoint</c>.</summary>
    [Required]
    public string Url { get; init; } = "";

    /// <summary>Its cosigning key, as <c>GET {Url}/key</c> shows it; compare it by another way before it is trusted.</summary>
    [Required]
    public string Key { get; init; } = "";
}
