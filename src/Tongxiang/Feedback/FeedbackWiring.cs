using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Agencies;

namespace Tongxiang.Feedback;

/// <summary>Registers what readers tell providers.</summary>
public static class FeedbackWiring
{
    public static IServiceCollection AddFeedback(this IServiceCollection services)
    {
        services.AddSingleton<Reports>();
        services.AddSingleton<ReportClocks>();
        services.AddSingleton(p => new OpenClocks(ReportClocks.Kind, p.GetRequiredService<ReportClocks>().Shifts));
        services.AddSingleton<Scores>();
        services.AddSingleton<Showcases>();
        services.AddSingleton(p => new DueSource("feedback.reports", (caller, scope, ct) => ReportDues.Of(p.GetRequiredService<Reports>(), p.GetRequiredService<Agencies.Directory>(), p.GetRequiredService<Share.EntrySource>(), caller, scope, ct)));
        return services;
    }
}
