using System.Globalization;
using System.Text;
using Tongxiang.Browser.Lab;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Browser.Desk;

/// <summary>Calls on the population of the demonstration, witnessed as the gateway does it.</summary>
internal static class Disclosures
{
    /// <summary>Three who live there, and one who does not.</summary>
    public static async Task Make(Site site)
    {
        var entry = site.Get<Catalogue>().BySlug("population")!;
        var version = site.Get<Versions>().Current(entry.Id)!;
        var plan = new Plan([], null, [], 3, 0, null, PlanCount.None) { Subject = Subjects.Of(version), IsFile = true };
        using var page = (await site.Get<ServingCopies>().Read(version, plan, default)).Value;
        using var subjects = new SubjectList();
        foreach (var subject in page.Subjects!) subjects.Add(SubjectKind.Citizen, subject.Utf8);
        subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes("290101198001010000"));
        var facts = new Dictionary<string, string> { ["resource"] = entry.Slug, ["grant"] = "SQ-DEMO", ["columns"] = "name", ["rows"] = page.Rows.ToString(CultureInfo.InvariantCulture) };
        var office = site.Get<Directory>().BySlug("civil-affairs")!.Id.ToString();
        await site.Get<EvidenceLog>().Witness(
            new Happening("gateway.answered", "client-demo", office, "grant:demo", site.Get<TimeProvider>().GetUtcNow().AddMinutes(-2), facts) { Disclosed = new Disclosed(entry.Id.ToString(), subjects) }, default);
    }
}
