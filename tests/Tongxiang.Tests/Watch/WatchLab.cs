using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Tests.Gateway;
using Tongxiang.Watch;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Tests.Watch;

/// <summary>What the watching part needs beside the gateway of <see cref="GatewayLab"/>, and the people who handle fuses.</summary>
internal static class WatchLab
{
    public static readonly Id<Agency> Bureau = new(Guid.Parse("00000000-0000-7000-8000-000000000009"));

    public static readonly Caller Guard = Person("guard", Bureau, AgencyKind.Bureau, Role.SecurityAdmin);
    public static readonly Caller BureauHead = Person("bureau head", Bureau, AgencyKind.Bureau, Role.BureauHead);
    public static readonly Caller ProviderHead = Person("provider head", GatewayLab.Provider, AgencyKind.Department, Role.SharingOfficeHead);
    public static readonly Caller ConsumerHead = Person("consumer head", GatewayLab.Consumer, AgencyKind.Department, Role.SharingOfficeHead);
    public static readonly Caller Stranger = Person("stranger", GatewayLab.Other, AgencyKind.Department, Role.SharingOfficeHead);

    /// <summary>The client that <see cref="GatewayLab.Call"/> calls as.</summary>
    public static string Actor(Id<Agency> agency) => agency.ToString();

    public static Task<GatewayLab> Open(Store store, Action<IServiceCollection>? more = null) => GatewayLab.Open(store, services =>
    {
        services.AddSingleton<Directory>();
        services.AddSingleton(new IdentitySettings());
        services.AddSingleton<Clients>();
        services.AddSingleton<Catalogue>();
        services.AddSingleton(p => GrantKey.Of(p.GetRequiredService<Home>(), p.GetRequiredService<NodeKey>()));
        services.AddSingleton<Grants>();
        more?.Invoke(services);
    });

    /// <summary>A trip on the client of an agency.</summary>
    public static async Task<Trip> Trip(this GatewayLab lab, FuseScope scope, string key, FuseAction action, Id<Agency>? consumer = null, Id<Agency>? provider = null, bool isDrill = false, bool bites = true, int pace = 6)
    {
        var tripping = new Tripping(scope, new Subject(key, provider, consumer, key), action, Tongxiang.Watch.Trip.Manual, null, "演练用理由", pace, provider, Guard.Actor, Guard.Name, false, isDrill, false, bites);
        var trip = await lab.Store.Db.Commit(tx => lab.Get<Trips>().Commit(tx, tripping), default);
        await lab.Get<Fuse>().Follow(default);
        return trip;
    }

    private static Caller Person(string name, Id<Agency> agency, AgencyKind kind, params Role[] roles)
    {
        var id = Id<Person>.New(TimeProvider.System);
        return new Caller(id.ToString(), id, null, agency, kind, roles.ToHashSet(), name);
    }
}
