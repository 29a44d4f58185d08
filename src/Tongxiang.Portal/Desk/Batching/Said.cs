using Tongxiang.Gateway.Batching;
using Tongxiang.Portal.Desk.Cases;

namespace Tongxiang.Portal.Desk.Batching;

/// <summary>Batches in words.</summary>
static class Said
{
    public static string Rhythm(Visit visit, Batch batch) => visit.T("batch.when-" + Posted.Spinal(batch.Every), batch.AtHour, batch.OnDay);

    public static Kit.Tone Tone(PackageState state) => state switch
    {
        PackageState.Acknowledged => Kit.Tone.Ok,
        PackageState.Differs => Kit.Tone.Bad,
        PackageState.Waiting => Kit.Tone.Warn,
        PackageState.Removed => Kit.Tone.Plain,
        _ => Kit.Tone.Info,
    };
}
