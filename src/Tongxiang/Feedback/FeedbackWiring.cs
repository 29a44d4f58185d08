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
        return services;
    }
}
