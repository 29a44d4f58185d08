using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tongxiang.Evidence;

/// <summary>Not ready once the log takes nothing more: no evidence, no data.</summary>
internal sealed class LogTakes(EvidenceLog evidence) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(evidence.Stopped is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The evidence log has stopped."));
}
