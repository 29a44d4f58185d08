using Microsoft.Extensions.DependencyInjection;

namespace Tongxiang.Feedback;

/// <summary>Registers what readers tell providers.</summary>
public static class FeedbackWiring
{
    public static IServiceCollection AddFeedback(this IServiceCollection services)
    {
        services.AddSingleton<Reports>();
        services.AddSingleton<Scores>();
        services.AddSingleton<Showcases>();
        return services;
    }
}
