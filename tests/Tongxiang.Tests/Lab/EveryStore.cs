using System.Reflection;
using Tongxiang.Kernel;
using Xunit.Sdk;
using Xunit.v3;

namespace Tongxiang.Tests.Lab;

/// <summary>Runs a theory once on each store; PostgreSQL is skipped, visibly, where no test cluster is given.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryStoreAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var sqlite = new TheoryDataRow<Store>(Store.Sqlite);
        var postgres = new TheoryDataRow<Store>(Store.PostgreSql);
        if (Cluster.Address is null) postgres.Skip = "No PostgreSQL: set TONGXIANG_TEST_POSTGRES, or run ./test, which starts one.";
        return ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([sqlite, postgres]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
