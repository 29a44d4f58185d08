using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Tongxiang.Bench.Wire;

/// <summary>What others serve on the same machine: a fixed answer, and the same table written by hand without any control.</summary>
internal static class Peers
{
    /// <summary>One row as JSON, as long as ours.</summary>
    internal static string Row(int i) =>
        $$"""[{"id":"{{Lookup.Key(i)}}","name":"某**","sex":"1","birth":"1960-01-11","division":"290160","phone":"139****0001"}]""";

    /// <summary>Kestrel with a fixed answer.</summary>
    public static async Task<int> Plain(string port)
    {
        var answer = Encoding.UTF8.GetBytes(Row(1));
        var app = Bare(port);
        app.MapGet("/data/people", (HttpContext http) =>
        {
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = answer.Length;
            http.Response.BodyWriter.Write(answer);
        });
        return await Serve(app);
    }

    /// <summary>What a good developer writes in an hour: a prepared statement and a writer, nobody asked who calls.</summary>
    public static async Task<int> HandWritten(string port, string connection)
    {
        var source = new NpgsqlDataSourceBuilder(connection + ";Maximum Pool Size=32;Max Auto Prepare=16;Auto Prepare Min Usages=2").Build();
        var app = Bare(port);
        app.MapGet("/data/people", async (HttpContext http, string? id, string? from, string? sex) =>
        {
            await using var command = source.CreateCommand(id is not null
                ? "select id, name, sex, birth, division, phone from people where id = $1"
                : "select id, name, sex, birth, division, phone from people where id >= $1 and sex = $2 order by id limit 100");
            command.Parameters.AddWithValue(id ?? from!);
            if (id is null) command.Parameters.AddWithValue(sex!);
            await using var rows = await command.ExecuteReaderAsync(http.RequestAborted);
            http.Response.ContentType = "application/json; charset=utf-8";
            await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
            json.WriteStartArray();
            while (await rows.ReadAsync(http.RequestAborted))
            {
                json.WriteStartObject();
                for (var i = 0; i < 6; i++) json.WriteString(Lookup.Fields[i].Name, rows.GetString(i));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
        return await Serve(app);
    }

    /// <summary>The table of the peers, row for row what our serving copy holds.</summary>
    public static async Task Fill(string connection, int rows)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            create table people (id text collate "C" primary key, name text, sex text, birth text, division text, phone text);
            insert into people select '2901011980' || lpad(i::text, 8, '0'), '某某某', case when i % 2 = 0 then '1' else '2' end, '19' || (i % 90 + 10) || '-0' || (i % 9 + 1) || '-1' || (i % 10),
              '2901' || (i % 90 + 10), '139000' || lpad((i % 100000)::text, 5, '0') from generate_series(0, {rows - 1}) i;
            analyze people;
            """));
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    private static WebApplication Bare(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:" + port);
        return builder.Build();
    }

    private static async Task<int> Serve(WebApplication app)
    {
        await app.StartAsync();
        Console.WriteLine("READY");
        await app.WaitForShutdownAsync();
        return 0;
    }
}
