using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Looks through the standing consents for every application that arrives: what lies wholly within one is answered with its signature, of everything else the difference is marked.</summary>
public sealed class StandingAnswers(Db db, TimeProvider clock, Directory directory, EntrySource entries, Applications applications)
{
    private const int Batch = 100;

    /// <summary>One round; each application is looked at once, when it has arrived. Safe to repeat.</summary>
    public async Task Run(CancellationToken ct)
    {
        while (await Round(ct) == Batch)
        {
            // As long as a full batch had arrived.
        }
    }

    private async Task<int> Round(CancellationToken ct)
    {
        var arrived = await db.List(
            $"""
            select {ApplicationRows.Columns} from share_application a where state = {ApplicationState.Submitted} and lane = {Lane.Sharing}
              and not exists (select 1 from share_standing_look l where l.application = a.id) order by submitted_at, id limit {Batch}
            """, ApplicationRows.Read, ct);
        foreach (var application in arrived) await Look(application, ct);
        return arrived.Count;
    }

    private async Task Look(Application application, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var entry = await entries(application.Entry, ct);
        var all = entry is null ? [] : await db.List(
            $"select {StandingRows.Columns} from share_standing where entry = {application.Entry} and state = {StandingState.Signed} and until_at > {now} order by signed_at, id limit 100", StandingRows.Read, ct);
        var applicant = application.ApplicantAgency is { } agency ? directory.Find(agency) : null;
        (StandingConsent Standing, IReadOnlyList<Difference> Differences)? nearest = null;
        foreach (var standing in all)
        {
            var differences = StandingRules.Outside(standing.Rule, application, applicant, entry!, WorkCalendar.Day(now));
            if (differences.Count == 0 && await Answer(application, standing, ct) is var refusal)
            {
                if (refusal is null) return;
                // Somebody acted on it meanwhile: then it is theirs.
                differences = [new Difference("standing", refusal.Code, [.. refusal.Args.Select(a => a as string ?? "")])];
            }
            if (nearest is null || differences.Count < nearest.Value.Differences.Count) nearest = (standing, differences);
        }
        await db.Run(
            $"""
            insert into share_standing_look (application, standing, differences, at)
            values ({application.Id}, {nearest?.Standing.Id}, {StandingRows.Json(nearest?.Differences ?? [])}, {now}) on conflict (application) do nothing
            """, ct);
    }

    private async Task<Refusal?> Answer(Application application, StandingConsent standing, CancellationToken ct) =>
        (await applications.AnswerByStanding(application.Id, application.Revision, standing, ct)).Refusal;
}
