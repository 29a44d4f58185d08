using Npgsql;
using Tongxiang.Kernel;

namespace Tongxiang.Tests.Lab;

/// <summary>The PostgreSQL cluster of this test run: one template database with the schema, one copy of it for each test.</summary>
public static class Cluster
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);

    /// <summary>Connection string of the cluster's maintenance database; null when there is none.</summary>
    public static string? Address { get; } = Environment.GetEnvironmentVariable("TONGXIANG_TEST_POSTGRES") is { Length: > 0 } address ? address : null;

    public static async Task<string> Create()
    {
        var template = await Template.Value;
        var name = $"lab_{Guid.CreateVersion7():N}";
        await Command($"create database {name} template {template}");
        return new NpgsqlConnectionStringBuilder(Address) { Database = name, MaxPoolSize = 20, ConnectionIdleLifetime = 5, ConnectionPruningInterval = 5 }.ToString();
    }

    public static async Task Drop(string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString)) NpgsqlConnection.ClearPool(connection);
        await Command($"drop database if exists {new NpgsqlConnectionStringBuilder(connectionString).Database} with (force)");
    }

    private static async Task<string> MakeTemplate()
    {
        var name = $"template_{Guid.CreateVersion7():N}";
        await Command($"create database {name}");
        var connectionString = new NpgsqlConnectionStringBuilder(Address) { Database = name, Pooling = false }.ToString();
        Schema.Upgrade(Store.PostgreSql, connectionString);
        return name;
    }

    // PostgreSQL copies a template only while nobody else is connected to it: one at a time.
    private static async Task Command(string sql)
    {
        await Gate.WaitAsync();
        try
        {
            await using var connection = new NpgsqlConnection(Address);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            Gate.Release();
        }
    }
}
