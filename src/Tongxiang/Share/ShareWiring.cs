using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Share;

/// <summary>Registers applications, grants, inbox and notices, and maps their endpoints.</summary>
public static class ShareWiring
{
    public static IServiceCollection AddShare(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddOptions<NoticeSettings>().BindConfiguration("Notices").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<NoticeSettings>>().Value);
        services.AddOptions<AssuranceSettings>().BindConfiguration("Assurance");
        services.AddSingleton(p => p.GetRequiredService<IOptions<AssuranceSettings>>().Value);
        services.AddSingleton(p => GrantKey.Of(p.GetRequiredService<Home>(), p.GetRequiredService<NodeKey>()));
        services.AddSingleton<EntrySource>(p => (id, ct) => new ValueTask<Entry?>(p.GetRequiredService<Entries>().Find(id, ct)));
        services.AddSingleton<CatalogueQueue>(p => (caller, ct) => Waiting(p.GetRequiredService<Entries>(), caller, ct));
        services.AddSingleton<MailAddresses>(p => (person, agency, ct) => Addresses(p, person, agency, ct));
        services.AddSingleton<RegistrationNotice>(p => (tx, agency, once, link, args, at) =>
            p.GetRequiredService<Notices>().Tell(tx, new Telling(NoticeKind.RegistrationEnding, new Recipient(null, agency, Role.Steward)), new About(once, link, args), at));
        services.AddSingleton<ExternalLinkNotice>(p => (tx, person, isLinked, once, at) => p.GetRequiredService<Notices>().Tell(
            tx, new Telling(isLinked ? NoticeKind.ExternalLinked : NoticeKind.ExternalUnlinked, new Recipient(person, null, null)), new About(once, "/desk/security", ["", "", ""]), at));
        services.AddSingleton<Deputies>();
        services.AddSingleton<Grants>();
        services.AddSingleton<GrantFeed>();
        services.AddSingleton<Notices>();
        services.AddSingleton<Webhooks>();
        services.AddSingleton<Combining>();
        services.AddSingleton<ServiceChanges>();
        services.AddSingleton<RunningServices>(p => (entry, next, ct) => p.GetRequiredService<ServiceChanges>().Refuses(entry, next, ct));
        services.AddSingleton<Applications>();
        services.AddSingleton<StandingConsents>();
        services.AddSingleton<StandingAnswers>();
        services.AddSingleton<OnwardRequests>();
        services.AddSingleton<PreparedGrants>();
        services.AddSingleton<Emergencies>();
        services.AddSingleton<ReturnFlows>();
        services.AddSingleton<Inbox>();
        services.AddSingleton<UseLedger>();
        services.AddSingleton<UseNotes>();
        services.AddSingleton<Hidings>();
        services.AddSingleton<OwnLooks>();
        services.AddSingleton(p => new BreakGlasses(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EvidenceLog>(), p.GetRequiredService<Agencies.Directory>(), p.GetRequiredService<Notices>(),
            p.GetRequiredService<Catalogue>().BySlug));
        services.AddSingleton<Opinions>();
        services.AddSingleton(p => new Chore("share.break-glass", TimeSpan.FromSeconds(1), p.GetRequiredService<BreakGlasses>().Follow, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("share.break-glass-over", TimeSpan.FromSeconds(20), p.GetRequiredService<BreakGlasses>().Sweep));
        services.AddSingleton(p => new Challenges(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EvidenceLog>(), p.GetRequiredService<OwnLooks>(), p.GetRequiredService<Catalogue>().BySlug));
        services.AddSingleton(p => new JournalOpenings(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EvidenceLog>(), p.GetRequiredService<Disclosures>(), p.GetRequiredService<RulePack>(),
            p.GetRequiredService<Catalogue>().BySlug, p.GetRequiredService<Versions>(), p.GetRequiredService<ServingCopies>()));
        AddRemedies(services);
        services.AddSingleton<ClockWatch>();
        services.AddSingleton<ApplicationClocks>();
        services.AddSingleton(p => new OpenClocks(ApplicationClocks.Kind, p.GetRequiredService<ApplicationClocks>().Shifts));
        services.AddSingleton<HeadDeputy>(p => (caller, ct) => FirstHead(p.GetRequiredService<Deputies>(), caller, ct));
        services.AddSingleton(p => new Outbox(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<Webhooks>(), p.GetRequiredService<NoticeSettings>(), p.GetRequiredService<MailAddresses>(),
            new HttpMessageInvoker(PublicAddress.Handler(p.GetRequiredService<NoticeSettings>().AllowedPrivateHosts)), p.GetRequiredService<ILogger<Outbox>>()));
        services.AddDemands();
        services.AddSingleton(p => new DueSource("share.applications", (caller, scope, ct) => ApplicationDues.Of(p.GetRequiredService<Applications>(), p.GetRequiredService<Inbox>(), p.GetRequiredService<EntrySource>(), caller, scope, ct)));
        services.AddSingleton(p => new Chore("share.clocks", TimeSpan.FromSeconds(30), p.GetRequiredService<ClockWatch>().Run));
        services.AddSingleton(p => new Chore("share.standing", TimeSpan.FromSeconds(2), p.GetRequiredService<StandingAnswers>().Run));
        services.AddSingleton(p => new Chore("share.emergencies", TimeSpan.FromSeconds(15), p.GetRequiredService<Emergencies>().Run));
        services.AddSingleton(p => new Chore("share.outbox", TimeSpan.FromSeconds(2), p.GetRequiredService<Outbox>().Run));
        services.AddSingleton(p => new Chore("share.grants", TimeSpan.FromMilliseconds(500), p.GetRequiredService<Grants>().Follow, OneCopyOnly: false));
        return services;
    }

    // What is done about data that are wrong, and about departments that do not agree.
    private static void AddRemedies(IServiceCollection services)
    {
        services.AddSingleton<CorrectionMarks>();
        services.AddSingleton<Corrections>();
        services.AddSingleton<Disputes>();
        services.AddSingleton(p => new Objections(
            p.GetRequiredService<Db>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<EvidenceLog>(), p.GetRequiredService<NodeKey>(), p.GetRequiredService<Agencies.Directory>(),
            p.GetRequiredService<RulePack>(), p.GetRequiredService<Deadlines>(), p.GetRequiredService<Agencies.Calendar>(), p.GetRequiredService<Notices>(), p.GetRequiredService<Corrections>(),
            p.GetRequiredService<Catalogue>().Find));
        services.AddSingleton<RemedyWatch>();
        services.AddSingleton(p => new DueSource("share.corrections", (caller, scope, ct) => RemedyDues.OfCorrections(p.GetRequiredService<Corrections>(), p.GetRequiredService<EntrySource>(), caller, scope, ct)));
        services.AddSingleton(p => new DueSource("share.objections", (caller, scope, ct) => RemedyDues.OfObjections(p.GetRequiredService<Objections>(), p.GetRequiredService<EntrySource>(), caller, scope, ct)));
        services.AddSingleton(p => new DueSource("share.disputes", (caller, scope, ct) => RemedyDues.OfDisputes(p.GetRequiredService<Disputes>(), caller, scope, ct)));
        services.AddSingleton(p => new DueSource(
            "share.returns", (caller, scope, ct) => RemedyDues.OfReturns(p.GetRequiredService<ReturnFlows>(), p.GetRequiredService<EntrySource>(), p.GetRequiredService<Deadlines>(), p.GetRequiredService<RulePack>(), caller, scope, ct)));
        services.AddSingleton(p => new Chore("share.remedies", TimeSpan.FromSeconds(30), p.GetRequiredService<RemedyWatch>().Run));
        services.AddSingleton(p => new Chore("share.marks", TimeSpan.FromSeconds(1), p.GetRequiredService<CorrectionMarks>().Follow, OneCopyOnly: false));
    }

    private static async Task<IReadOnlyList<Entry>> Waiting(Entries entries, Caller caller, CancellationToken ct)
    {
        if (!caller.IsGovernment) return [];
        caller = await entries.Standing(caller, ct);
        var approvals = await entries.HeadQueue(caller, ct);
        var reviews = await entries.ReviewQueue(caller, ct);
        return
        [
            .. (approvals.IsRefused ? [] : approvals.Value).Where(e => entries.BureauOf(e.Agency) is { } bureau && EntryFlow.Check(Catalog.Step.Approved, e, caller, bureau) is null),
            .. (reviews.IsRefused ? [] : reviews.Value).Where(e => entries.BureauOf(e.Agency) is { } bureau && EntryFlow.Check(Catalog.Step.Published, e, caller, bureau) is null),
        ];
    }

    private static async ValueTask<Id<Person>?> FirstHead(Deputies deputies, Caller caller, CancellationToken ct) => await deputies.Of(caller, ct) is [var head, ..] ? head : null;

    // A role's notice goes to the office's box: who holds the role changes, the box stays.
    private static async ValueTask<IReadOnlyList<string>> Addresses(IServiceProvider services, Id<Person>? person, Id<Agency>? agency, CancellationToken ct)
    {
        var address = person is { } reader
            ? await services.GetRequiredService<People>().MailOf(reader, ct)
            : agency is { } office ? services.GetRequiredService<Agencies.Directory>().Find(office)?.Email : null;
        return address is { Length: > 0 } ? [address] : [];
    }

    /// <summary>Loads the grants, open emergency access and the marks of open corrections before the first request.</summary>
    public static async Task OpenShare(this IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<Grants>().Follow(ct);
        await services.GetRequiredService<BreakGlasses>().Follow(ct);
        await services.GetRequiredService<CorrectionMarks>().Follow(ct);
    }

    public static IEndpointRouteBuilder MapShare(this IEndpointRouteBuilder routes)
    {
        ApplicationRoutes.Map(routes);
        BreakGlassRoutes.Map(routes);
        Opinions.Map(routes);
        GrantRoutes.Map(routes);
        InboxRoutes.Map(routes);
        LedgerRoutes.Map(routes);
        DisclosureRoutes.Map(routes);
        DemandRoutes.Map(routes);
        CorrectionRoutes.Map(routes);
        DisputeRoutes.Map(routes);
        ObjectionRoutes.Map(routes);
        StandingRoutes.Map(routes);
        CombiningRoutes.Map(routes);
        ServiceChangeRoutes.Map(routes);
        OnwardRoutes.Map(routes);
        EmergencyRoutes.Map(routes);
        ReturnRoutes.Map(routes);
        return routes;
    }
}
