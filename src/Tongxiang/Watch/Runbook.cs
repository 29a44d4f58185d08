using System.Reflection;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Watch;

/// <summary>Where whoever holds a role is found: in the bureau, or in the offices whose resources are touched.</summary>
public enum RungPlace { Bureau, Provider }

/// <summary>A rung of the ladder: who is told when nobody has taken an incident up.</summary>
/// <param name="AfterMinutes">Counted from the opening, or from the beginning of the round.</param>
public sealed record Rung(int AfterMinutes, Role Role, RungPlace Place);

/// <summary>A task of the run-book.</summary>
/// <param name="DueMinutes">Counted from the opening.</param>
public sealed record RunbookTask(string Code, int DueMinutes, Role Role, RungPlace Place);

/// <summary>What is to be done in an incident, by whom and until when: data, not code.</summary>
/// <param name="RepeatMinutes">After so long the ladder begins anew.</param>
/// <param name="Rounds">How often it is climbed.</param>
public sealed record Runbook(IReadOnlyList<Rung> Ladder, int RepeatMinutes, int Rounds, IReadOnlyList<RunbookTask> Tasks)
{
    /// <summary>The one that ships.</summary>
    public static Runbook Shipped { get; } = Read();

    /// <summary>Rungs and when each is due, for an incident opened at this moment.</summary>
    /// <param name="told">How many were told already.</param>
    public (Rung Rung, DateTimeOffset At)? Next(DateTimeOffset opened, int told) =>
        Ladder.Count == 0 || told >= Ladder.Count * Rounds ? null
        : (Ladder[told % Ladder.Count], opened.AddMinutes((told / Ladder.Count * RepeatMinutes) + Ladder[told % Ladder.Count].AfterMinutes));

    private static Runbook Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Watch.runbook.json")!;
        return JsonSerializer.Deserialize<Runbook>(stream, Wire.Json)!;
    }
}
