using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tongxiang.Kernel;

namespace Tongxiang.Server.Wiring;

/// <summary>Ready only while the control data can be read.</summary>
internal sealed class StoreAnswers(Db db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await db.One($"select count(*) from kernel_lease", r => r.GetInt64(0), cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (DbException e)
        {
            return HealthCheckResult.Unhealthy("The store does not answer.", e);
        }
    }
}
