using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Journeys;

/// <summary>A bureau, two departments and their people on a node that was empty.</summary>
internal sealed class Staff
{
    public const string Password = "crane-paper-7-lantern";
    private readonly Dictionary<string, Caller> callers = new(StringComparer.Ordinal);

    private Staff()
    {
    }

    public Caller this[string user] => callers[user];

    public static async Task<Staff> Enrol(IServiceProvider node)
    {
        var staff = new Staff();
        var roster = node.GetRequiredService<Roster>();
        var opened = new DateOnly(2020, 1, 1);
        await roster.LoadDivisions(
            [
                new Division("290000", "云岭省", "Yunling", null, 1, opened, null, "demonstration"), new Division("290100", "南湖市", "Nanhu", "290000", 2, opened, null, "demonstration"),
                new Division("290101", "甲区", "Jia", "290100", 3, opened, null, "demonstration"), new Division("290103", "丙区", "Bing", "290100", 3, new DateOnly(2099, 1, 1), null, "demonstration"),
            ], default);
        async Task<Agency> Add(string slug, string name, AgencyKind kind, Id<Agency>? bureau) =>
            (await roster.Add(Caller.Platform, new Agency(Id<Agency>.New(TimeProvider.System), slug, "91350100M000100Y43", name, slug, kind, "290000", bureau, null, null), default)).Value;
        async Task Person(string user, Agency agency, params Role[] roles)
        {
            var person = (await node.GetRequiredService<People>().Enrol(Caller.Platform, new NewPerson(user, "某人", agency.Id, roles.ToHashSet(), Password), default)).Value;
            staff.callers[user] = new Caller(person.Id.ToString(), person.Id, null, agency.Id, agency.Kind, person.Roles, person.Name);
        }
        var bureau = await Add("data-bureau", "云岭省数据局", AgencyKind.Bureau, null);
        var transport = await Add("transport", "云岭省交通运输厅", AgencyKind.Department, bureau.Id);
        var police = await Add("police", "云岭省公安厅", AgencyKind.Department, bureau.Id);
        await Person("bureau.reviewer", bureau, Role.BureauReviewer);
        foreach (var agency in (Agency[])[transport, police])
        {
            await Person(agency.Slug + ".steward", agency, Role.Steward);
            await Person(agency.Slug + ".head", agency, Role.AgencyHead, Role.SharingOfficeHead);
        }
        await Lab.Offices.Fill(node.GetRequiredService<Db>(), node.GetRequiredService<Tongxiang.Agencies.Directory>(), TimeProvider.System);
        return staff;
    }

    /// <summary>Publishes an entry of the transport department without the pages in between.</summary>
    public Enrolment Whole(EntryContent content, string slug) => new(content, slug, this["transport.steward"], this["transport.head"], this["bureau.reviewer"], "不涉密", "影响可控");
}
