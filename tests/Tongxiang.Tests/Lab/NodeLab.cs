using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tongxiang.Kernel;
using Tongxiang.Server;

namespace Tongxiang.Tests.Lab;

/// <summary>A whole node on a free port with a store of its own, called through real sockets.</summary>
public sealed class NodeLab : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string? database;

    private NodeLab(WebApplication app, string root, string? database)
    {
        this.app = app;
        this.database = database;
        Root = root;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Node.Address(app)) };
    }

    public HttpClient Http { get; }

    /// <summary>Folder of the node's data.</summary>
    public string Root { get; }

    public IServiceProvider Services => app.Services;

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <param name="store">Where the control data lie.</param>
    /// <param name="more">Registrations that replace the node's own, such as a fake clock.</param>
    /// <param name="people">People of the demonstration region; null: an empty node.</param>
    /// <param name="settings">Further settings, by their path such as <c>Node:Name</c>.</param>
    public static async Task<NodeLab> Start(Store store, Action<IServiceCollection>? more = null, int? people = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var root = StoreLab.Folder();
        var database = store == Store.PostgreSql ? await Cluster.Create() : null;
        var file = Path.Combine(root, "settings.json");
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>()) { ["Node:Store"] = store.ToString() };
        if (database is not null) all["Node:Database"] = database;
        // The people of tests sign in with a password alone; those of the second factor say otherwise.
        all.TryAdd("Identity:SecondFactor", "Offered");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(all));
        var options = new NodeOptions("http://127.0.0.1:0", Path.Combine(root, "data"), file, people);
        var app = Node.Build(options, services =>
        {
            services.AddSingleton(StoreLab.Trace);
            // A region has some seventy accounts: to make and check their passwords as slowly as a node does would be most of a test's time.
            services.PostConfigure<PasswordHasherOptions>(o => o.IterationCount = 1_000);
            more?.Invoke(services);
        });
        await Node.Start(app, options, default);
        return new NodeLab(app, root, database);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        if (database is not null) await Cluster.Drop(database);
        Directory.Delete(Root, recursive: true);
    }
}
