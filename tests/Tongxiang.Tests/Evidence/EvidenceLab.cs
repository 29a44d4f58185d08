using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

/// <summary>A lab with an evidence log that can be closed and opened again, as a restart does.</summary>
internal sealed class EvidenceLab : IAsyncDisposable
{
    private EvidenceLab(StoreLab lab, NodeSettings settings)
    {
        (Lab, Settings) = (lab, settings);
        Restart();
    }

    public StoreLab Lab { get; }
    public NodeSettings Settings { get; }
    public EvidenceLog Log { get; private set; } = null!;
    public Sequencer Sequencer { get; private set; } = null!;
    public Openings Openings { get; private set; } = null!;

    public static async Task<EvidenceLab> Open(Store store, bool national = false)
    {
        var lab = await StoreLab.Open(store);
        return new(lab, lab.Settings with { NationalProfile = national });
    }

    public void Restart()
    {
        Log = new EvidenceLog(Lab.Db, Lab.Home, Lab.Key, Settings, Lab.Clock);
        Sequencer = new Sequencer(Lab.Db, Log, Lab.Clock);
        Openings = new Openings(Lab.Db, Log);
    }

    public Task<string> Append(Happening happening) => Lab.Db.Commit(tx => Log.Append(tx, happening), default);

    public Happening Happened(string kind, string? agency = "a1", string subject = "entry:1", params (string, string)[] facts) =>
        new(kind, "p1", agency, subject, Lab.Clock.GetUtcNow(), facts.ToDictionary(f => f.Item1, f => f.Item2));

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await Lab.DisposeAsync();
    }
}
