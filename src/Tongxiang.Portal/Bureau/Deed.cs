using Tongxiang.Agencies;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Portal.Bureau;

/// <summary>Words for what an evidence entry holds as codes and ids.</summary>
static class Deed
{
    public static string Said(Visit visit, string kind) =>
        Visit.Words.Has("bureau.event-" + kind) ? visit["bureau.event-" + kind]
        : kind.StartsWith("share.", StringComparison.Ordinal) && Visit.Words.Has("share.step." + kind[6..]) ? visit["share.step." + kind[6..]] : kind;

    /// <summary>A person by name, the platform as such; null for clients and those who are unknown here.</summary>
    public static string? Who(Visit visit, Directory directory, string actor) =>
        actor == "system" ? visit["share.side.platform"] : actor == "anonymous" ? visit["bureau.anybody"]
        : Id<Person>.TryParse(actor, null, out var id) ? directory.Person(id)?.Name : null;

    public static string? Agency(Visit visit, Directory directory, string? agency) =>
        Id<Agency>.TryParse(agency, null, out var id) && directory.Find(id) is { } found ? visit.Pick(found.Name, found.NameEn) : null;
}
