using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tongxiang.Kernel;

namespace Tongxiang.Evidence;

/// <summary>Registers evidence and maps the log's face.</summary>
public static class EvidenceWiring
{
    public static IServiceCollection AddEvidence(this IServiceCollection services, NodeSettings settings)
    {
        _ = settings;
        services.AddSingleton<EvidenceLog>();
        services.AddSingleton<Openings>();
        services.AddSingleton<Disclosures>();
        services.AddSingleton<Export>();
        services.AddSingleton<Sequencer>();
        services.AddOptions<WitnessSettings>().BindConfiguration("Witness").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(p => p.GetRequiredService<IOptions<WitnessSettings>>().Value);
        services.AddSingleton<Witness>();
        services.AddSingleton<Cosigning>();
        services.AddHealthChecks().AddCheck<Cosigning>("witnesses", tags: ["ready"]);
        services.AddSingleton(p => new Chore("evidence.cosign", TimeSpan.FromSeconds(1), p.GetRequiredService<Cosigning>().Run, OneCopyOnly: false));
        services.AddHealthChecks().AddCheck<LogTakes>("evidence", tags: ["ready"]);
        services.AddSingleton(p => new Chore("evidence.sequence", TimeSpan.FromMilliseconds(400), p.GetRequiredService<Sequencer>().Run));
        services.AddSingleton(p => new Chore("evidence.counts", TimeSpan.FromMinutes(1), p.GetRequiredService<EvidenceLog>().WitnessCounts, OneCopyOnly: false));
        services.AddSingleton(p => new Chore("evidence.journal-index", TimeSpan.FromMinutes(1), p.GetRequiredService<Disclosures>().Grow, OneCopyOnly: false));
        return services;
    }

    public static IEndpointRouteBuilder MapEvidence(this IEndpointRouteBuilder routes)
    {
        LogFace.Map(routes);
        Witness.Map(routes);
        return routes;
    }
}
