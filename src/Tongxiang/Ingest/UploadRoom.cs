using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Ingest;

/// <summary>Room for uploads: how many of an agency at once, how much of it together, and what must stay free on the disk.</summary>
/// <param name="free">Bytes free on the disk; null: asked of the data folder.</param>
public sealed class UploadRoom(Db db, Home home, IngestSettings settings, Func<long>? free = null)
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;
    // An upload lies twice while it arrives: sealed for good, open for the look through it.
    private const int Copies = 2;
    // Asking the disk costs a system call: once a piece of this size.
    private const long Piece = 16 * MiB;
    private readonly Lock gate = new();
    private readonly Dictionary<Id<Agency>, (int Uploads, long Bytes)> agencies = [];

    private long Free => free?.Invoke() ?? new DriveInfo(home.Scratch).AvailableFreeSpace;

    /// <summary>A place for a file to land.</summary>
    public Task<Outcome<Berth>> ToLand(Caller caller, long? announced, CancellationToken ct) =>
        Enter(caller, announced, settings.LargestFileGiB * GiB, () => new Refusal(413, "ingest.too-large", settings.LargestFileGiB), ct);

    /// <summary>A place for a file that is only looked through.</summary>
    public Task<Outcome<Berth>> ToPropose(Caller caller, long? announced, CancellationToken ct) =>
        Enter(caller, announced, settings.LargestProposalMiB * MiB, () => new Refusal(413, "ingest.proposal-too-large", settings.LargestProposalMiB), ct);

    private async Task<Outcome<Berth>> Enter(Caller caller, long? announced, long most, Func<Refusal> tooLarge, CancellationToken ct)
    {
        if (announced > most + MiB) return tooLarge();
        if (Disk((announced ?? 0) * Copies) is { } full) return full;
        // The platform itself and what no agency sends are held by the disk alone.
        if (caller.Agency is not { } agency) return new Berth(this, null, 0, most, tooLarge);
        var waiting = await db.One(
            $"select coalesce(sum(bytes), 0) from ingest_run where agency = {agency.ToString()} and state in ('Proposed', 'Queued', 'Checking', 'Sealing')", r => Convert.ToInt64(r.GetValue(0), System.Globalization.CultureInfo.InvariantCulture), ct);
        lock (gate)
        {
            var (uploads, bytes) = agencies.GetValueOrDefault(agency);
            if (uploads >= settings.UploadsAtOnce) return new Refusal(429, "ingest.uploads-at-once", settings.UploadsAtOnce) { RetryAfterSeconds = 30 };
            if (Quota(waiting + bytes, announced ?? 1) is { } over) return over;
            agencies[agency] = (uploads + 1, bytes);
        }
        return new Berth(this, agency, waiting, most, tooLarge);
    }

    private Refusal? Quota(long used, long more) =>
        used + more > settings.AgencyQuotaGiB * GiB ? new Refusal(507, "ingest.quota", settings.AgencyQuotaGiB, Mega(used)) : null;

    private Refusal? Disk(long more) =>
        Free is var left && left - more < settings.KeepFreeMiB * MiB ? new Refusal(507, "ingest.disk-full", settings.KeepFreeMiB, Mega(left)) : null;

    private Refusal? Take(Id<Agency>? agency, long waiting, long bytes)
    {
        if (agency is not { } owner) return null;
        lock (gate)
        {
            var now = agencies[owner];
            agencies[owner] = now with { Bytes = now.Bytes + bytes };
            return Quota(waiting + now.Bytes, bytes);
        }
    }

    private void Leave(Id<Agency>? agency, long bytes)
    {
        if (agency is not { } owner) return;
        lock (gate)
        {
            var now = agencies[owner];
            if (now.Uploads == 1) agencies.Remove(owner);
            else agencies[owner] = (now.Uploads - 1, now.Bytes - bytes);
        }
    }

    private static long Mega(long bytes) => bytes / MiB;

    /// <summary>The place of one upload; given back when it is disposed.</summary>
    public sealed class Berth : IDisposable
    {
        private readonly UploadRoom room;
        private readonly Id<Agency>? agency;
        private readonly long waiting;
        private readonly long most;
        private readonly Func<Refusal> tooLarge;
        private long taken;
        private long sinceLook;
        private bool isLeft;

        internal Berth(UploadRoom room, Id<Agency>? agency, long waiting, long most, Func<Refusal> tooLarge) =>
            (this.room, this.agency, this.waiting, this.most, this.tooLarge) = (room, agency, waiting, most, tooLarge);

        /// <summary>Takes room for the next bytes before they are written; a refusal when there is none.</summary>
        public Refusal? Take(long bytes)
        {
            taken += bytes;
            if (room.Take(agency, waiting, bytes) is { } over) return over;
            if (taken > most) return tooLarge();
            sinceLook += bytes;
            if (sinceLook < Piece) return null;
            sinceLook = 0;
            return room.Disk(Piece * Copies);
        }

        public void Dispose()
        {
            if (isLeft) return;
            isLeft = true;
            room.Leave(agency, taken);
        }
    }
}
