using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Lab;

/// <summary>Gives every department of a test what Order 809 art. 11 asks for: an appointed head of its sharing office and a steward.</summary>
internal static class Offices
{
    public static async Task Fill(Db db, Tongxiang.Agencies.Directory directory, TimeProvider clock)
    {
        await directory.Refresh(default);
        foreach (var agency in directory.Agencies.Where(a => a.IsGovernment))
        {
            if (directory.Holders(agency.Id, Role.Steward).Count == 0) await Enrol(db, clock, agency, Role.Steward);
            if (directory.SharingOfficeHead(agency.Id) is not null) continue;
            var head = directory.Holders(agency.Id, Role.SharingOfficeHead) is [var holder, ..] ? holder.Id : await Enrol(db, clock, agency, Role.SharingOfficeHead);
            await db.Run($"insert into agencies_appointment (id, agency, person, from_at, given_by) values ({Id<Appointment>.New(clock)}, {agency.Id}, {head}, {clock.GetUtcNow()}, {"system"})", default);
        }
        await directory.Refresh(default);
    }

    private static async Task<Id<Person>> Enrol(Db db, TimeProvider clock, Agency agency, Role role)
    {
        var (id, now) = (Id<Person>.New(clock), clock.GetUtcNow());
        var name = $"{agency.Slug}.duty-{role.ToString().ToLowerInvariant()}";
        await db.Run(
            $"""
            insert into agencies_person (id, user_name, normal_name, name, agency, security_stamp, created_at)
            values ({id}, {name}, {name}, {name}, {agency.Id}, {"s"}, {now})
            """, default);
        await db.Run($"insert into agencies_role (person, role, given_by, given_at) values ({id}, {role}, {"system"}, {now})", default);
        return id;
    }
}
