using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;

namespace Tongxiang.Agencies;

/// <summary>Shows clients to OpenIddict, read only: every client is confidential, proves itself by key and may do nothing but client credentials.</summary>
internal sealed class ApplicationStore(Clients clients) : IOpenIddictApplicationStore<Client>
{
    private static readonly ImmutableArray<string> Permissions =
        [OpenIddictConstants.Permissions.Endpoints.Token, OpenIddictConstants.Permissions.GrantTypes.ClientCredentials];

    public ValueTask<Client?> FindByClientIdAsync(string identifier, CancellationToken cancellationToken) =>
        new(clients.Find(identifier) is { IsEnabled: true } client ? client : null);

    public ValueTask<Client?> FindByIdAsync(string identifier, CancellationToken cancellationToken) =>
        new(Kernel.Id<Client>.TryParse(identifier, null, out var id) && clients.Find(id) is { IsEnabled: true } client ? client : null);

    public ValueTask<JsonWebKeySet?> GetJsonWebKeySetAsync(Client application, CancellationToken cancellationToken)
    {
        var set = new JsonWebKeySet();
        foreach (var key in clients.KeysOf(application.Id)) set.Keys.Add(new JsonWebKey(key.Jwk));
        return new(set);
    }

    public ValueTask<string?> GetIdAsync(Client application, CancellationToken cancellationToken) => new(application.Id.ToString());
    public ValueTask<string?> GetClientIdAsync(Client application, CancellationToken cancellationToken) => new(application.ClientId);
    public ValueTask<string?> GetClientSecretAsync(Client application, CancellationToken cancellationToken) => new((string?)null);
    public ValueTask<string?> GetClientTypeAsync(Client application, CancellationToken cancellationToken) => new(OpenIddictConstants.ClientTypes.Confidential);
    public ValueTask<string?> GetApplicationTypeAsync(Client application, CancellationToken cancellationToken) => new(OpenIddictConstants.ApplicationTypes.Web);
    public ValueTask<string?> GetConsentTypeAsync(Client application, CancellationToken cancellationToken) => new(OpenIddictConstants.ConsentTypes.Implicit);
    public ValueTask<string?> GetDisplayNameAsync(Client application, CancellationToken cancellationToken) => new(application.Name);
    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(Client application, CancellationToken cancellationToken) => new(ImmutableDictionary<CultureInfo, string>.Empty);
    public ValueTask<ImmutableArray<string>> GetPermissionsAsync(Client application, CancellationToken cancellationToken) => new(Permissions);
    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Client application, CancellationToken cancellationToken) => new(ImmutableDictionary<string, JsonElement>.Empty);
    public ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(Client application, CancellationToken cancellationToken) => new(ImmutableArray<string>.Empty);
    public ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(Client application, CancellationToken cancellationToken) => new(ImmutableArray<string>.Empty);
    public ValueTask<ImmutableArray<string>> GetRequirementsAsync(Client application, CancellationToken cancellationToken) => new(ImmutableArray<string>.Empty);
    public ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(Client application, CancellationToken cancellationToken) => new(ImmutableDictionary<string, string>.Empty);

    public async IAsyncEnumerable<Client> FindByRedirectUriAsync(string uri, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public IAsyncEnumerable<Client> FindByPostLogoutRedirectUriAsync(string uri, CancellationToken cancellationToken) => FindByRedirectUriAsync(uri, cancellationToken);

    // Clients are written through Clients alone, which knows their owners and leaves evidence.
    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<Client>, IQueryable<TResult>> query, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask CreateAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask DeleteAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask<Client> InstantiateAsync(CancellationToken cancellationToken) => throw ReadOnly();
    public IAsyncEnumerable<Client> ListAsync(int? count, int? offset, CancellationToken cancellationToken) => throw ReadOnly();
    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetApplicationTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetClientIdAsync(Client application, string? identifier, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetClientSecretAsync(Client application, string? secret, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetClientTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetConsentTypeAsync(Client application, string? type, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetDisplayNameAsync(Client application, string? name, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetDisplayNamesAsync(Client application, ImmutableDictionary<CultureInfo, string> names, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetJsonWebKeySetAsync(Client application, JsonWebKeySet? set, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetPermissionsAsync(Client application, ImmutableArray<string> permissions, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetPostLogoutRedirectUrisAsync(Client application, ImmutableArray<string> uris, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetPropertiesAsync(Client application, ImmutableDictionary<string, JsonElement> properties, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetRedirectUrisAsync(Client application, ImmutableArray<string> uris, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetRequirementsAsync(Client application, ImmutableArray<string> requirements, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask SetSettingsAsync(Client application, ImmutableDictionary<string, string> settings, CancellationToken cancellationToken) => throw ReadOnly();
    public ValueTask UpdateAsync(Client application, CancellationToken cancellationToken) => throw ReadOnly();

    private static NotSupportedException ReadOnly() => new("Clients are changed through the front door Clients.");
}
