using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Assess;

/// <summary>A department as the report names it.</summary>
public sealed record ReportAgency(string Id, string Name, string NameEn, string CreditCode);

/// <summary>A duty with a clock that was due in the month.</summary>
/// <param name="DueAt">Unix milliseconds, as all instants here.</param>
/// <param name="DoneAt">When it was met up to the end of the month; null when not.</param>
public sealed record DutyInput(TimedKind Kind, string Agency, string Subject, string Name, long DueAt, long? DoneAt, IReadOnlyList<string> Records);

/// <summary>A landing of the month.</summary>
public sealed record LandingInput(string Agency, string Subject, string Code, long Rows, long Quarantined, IReadOnlyList<string> Records);

/// <summary>A right of use that was in force in the month, with its calls.</summary>
public sealed record GrantInput(string Consumer, string Provider, string Subject, string Number, long Calls);

/// <summary>A call beyond a right of use.</summary>
public sealed record OutsideInput(string Agency, long Index, string Code);

/// <summary>A real incident found in the month, at the side that answers for it.</summary>
public sealed record IncidentInput(string Agency, string Subject, string Number, bool IsHandled);

/// <summary>Everything a report is computed from; kept with it, so that anybody can compute it again.</summary>
/// <param name="Month">As yyyy-MM, in Beijing time.</param>
/// <param name="Until">End of the month, or the moment of making while it still runs; Unix milliseconds.</param>
/// <param name="Rules">Edition of the rule pack.</param>
public sealed record ReportInputs(
    string Format, string Month, long Until, bool IsWhole, ReportAgency Bureau, string Rules, IReadOnlyList<ReportAgency> Agencies, IReadOnlyList<DutyInput> Duties, IReadOnlyList<LandingInput> Landings,
    IReadOnlyList<GrantInput> Grants, IReadOnlyList<OutsideInput> Outside, IReadOnlyList<IncidentInput> Incidents)
{
    public const string Form = "tongxiang-supervision-1";

    /// <summary>Puts records into the order and shape in which they are kept: the same records give the same text.</summary>
    public static ReportInputs Of(string month, DateTimeOffset begin, DateTimeOffset end, Agency bureau, IReadOnlyList<Agency> agencies, SupervisionFacts facts, IReadOnlyList<GrantUse> uses, Func<Id<Catalog.Entry>, Catalog.Entry?> entryOf, string rules)
    {
        var until = facts.Now < end ? facts.Now : end;
        var own = agencies.Select(a => a.Id).ToHashSet();
        var calls = uses.ToDictionary(u => u.Grant, u => u.Calls);
        var ended = facts.Cases.Where(c => c.Grant is not null).ToDictionary(c => c.Grant!.Value, c => c.Steps.FirstOrDefault(s => s.Step == Share.Step.End)?.At);
        return new ReportInputs(
            Form, month, until.ToUnixTimeMilliseconds(), facts.Now >= end, Said(bureau), rules, [.. agencies.Select(Said).OrderBy(a => a.Id, StringComparer.Ordinal)],
            [
                .. from duty in TimedDuties.All(facts)
                   where own.Contains(duty.Agency) && duty.DueAt >= begin && duty.DueAt < until
                   orderby duty.Kind.ToString(), duty.Subject
                   select new DutyInput(duty.Kind, duty.Agency.ToString(), duty.Subject, duty.Name, duty.DueAt.ToUnixTimeMilliseconds(), duty.DoneAt is { } done && done <= until ? done.ToUnixTimeMilliseconds() : null,
                       duty.DoneAt is { } late && late > until ? [.. duty.Records.Take(1)] : duty.Records),
            ],
            [
                .. from landing in facts.Landings
                   let entry = entryOf(landing.Entry)
                   where entry is not null && own.Contains(entry.Agency) && landing.LandedAt >= begin && landing.LandedAt < until
                   orderby landing.Version.ToString()
                   select new LandingInput(entry.Agency.ToString(), "version:" + landing.Version, entry.Code, landing.Rows, landing.QuarantinedRows, landing.Evidence is { } proof ? [proof] : []),
            ],
            [
                .. from grant in facts.Grants
                   where own.Contains(grant.Consumer) && grant.From < until && grant.Until > begin && !(ended.GetValueOrDefault(grant.Id) <= begin)
                   orderby grant.Number
                   select new GrantInput(grant.Consumer.ToString(), grant.Provider.ToString(), "grant:" + grant.Id, grant.Number, calls.GetValueOrDefault(grant.Id)),
            ],
            [.. from call in facts.Outside where own.Contains(call.Agency) && call.At >= begin && call.At < until orderby call.Index select new OutsideInput(call.Agency.ToString(), call.Index, call.Code)],
            [
                .. from known in facts.Incidents
                   where known.Incident.DetectedAt >= begin && known.Incident.DetectedAt < until
                   from agency in known.Others.Count > 0 ? known.Others : known.Providers
                   where own.Contains(agency)
                   orderby known.Incident.Number, agency.ToString()
                   select new IncidentInput(agency.ToString(), "incident:" + known.Incident.Id, known.Incident.Number, known.Incident.HandledAt is { } handled && handled <= until),
            ]);
    }

    private static ReportAgency Said(Agency agency) => new(agency.Id.ToString(), agency.Name, agency.NameEn, agency.CreditCode);
}
