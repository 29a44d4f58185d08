using Tongxiang.Agencies;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Server.Demo;

/// <summary>The people of the demonstration as callers of the parts' front doors: every step is taken by the one whose step it is.</summary>
internal sealed class Cast(Directory directory)
{
    public Agency Agency(string slug) => directory.BySlug(slug) ?? throw new InvalidOperationException($"The demonstration's agency '{slug}' is missing.");

    public Caller Of(string userName)
    {
        var person = directory.People.FirstOrDefault(p => p.UserName == userName) ?? throw new InvalidOperationException($"The demonstration's person '{userName}' is missing.");
        return Caller.Of(person, directory);
    }

    public Caller Steward(string organisation) => Of(organisation == Organisations.Bureau ? "bureau.steward" : organisation + ".steward");

    /// <summary>The head of the sharing office.</summary>
    public Caller Office(string organisation) => Of(OfficeHead(organisation));

    /// <summary>User name of the head of the sharing office; a small department's head is it too.</summary>
    public static string OfficeHead(string organisation) =>
        organisation == Organisations.Bureau ? "bureau.office" : organisation + (Organisations.All.First(o => o.Slug == organisation).IsMain ? ".office" : ".head");

    public Caller Head(string organisation) => Of(organisation == Organisations.Bureau ? "bureau.office" : organisation + ".head");

    public Caller Reviewer => Of("bureau.reviewer");
}
