using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Ingest;

/// <summary>How much room uploads and how much of the machine landings may take; section <c>Ingest</c> of the settings.</summary>
public sealed record IngestSettings
{
    /// <summary>Largest file that is landed, in GiB.</summary>
    [Range(1, 1024)]
    public int LargestFileGiB { get; init; } = 64;

    /// <summary>Largest file that is only looked through for a proposal, in MiB.</summary>
    [Range(1, 65_536)]
    public int LargestProposalMiB { get; init; } = 1024;

    /// <summary>What the files of one agency that are on their way or wait for a person may take together, in GiB.</summary>
    [Range(1, 65_536)]
    public int AgencyQuotaGiB { get; init; } = 128;

    /// <summary>Files of one agency that arrive at the same time.</summary>
    [Range(1, 100)]
    public int UploadsAtOnce { get; init; } = 4;

    /// <summary>What stays free on the disk of the data folder, in MiB; an upload that would take it is refused.</summary>
    [Range(0, 1 << 30)]
    public long KeepFreeMiB { get; init; } = 1024;

    /// <summary>Days after which a file that nobody confirmed is let go.</summary>
    [Range(1, 365)]
    public int DaysToConfirm { get; init; } = 14;

    /// <summary>Landings that are checked and sealed at the same time.</summary>
    [Range(1, 8)]
    public int AtOnce { get; init; } = 2;
}
