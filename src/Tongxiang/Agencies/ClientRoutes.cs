using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Clients and their keys for their owners.</summary>
internal static class ClientRoutes
{
    public sealed record KeyView(string Kid, DateTimeOffset? Until);

    public sealed record ClientView(Id<Client> Id, string ClientId, string Name, Id<Agency>? Agency, bool IsEnabled, IReadOnlyList<KeyView> Keys, IReadOnlyList<ClientCertificate> Certificates, IReadOnlyList<HeaderKey> HeaderKeys);

    public sealed record NewKey(JsonElement Jwk, bool IsCompromised = false);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/clients").DisableAntiforgery().WithTags("agencies");
        group.MapGet("", List).WithName("agencies.clients");
        group.MapPost("", Register).WithIdempotency().WithName("agencies.register-client");
        group.MapPost("/{id}/keys", Rotate).WithIdempotency().WithName("agencies.rotate-key");
        group.MapPost("/{id}/certificates", AddCertificate).WithIdempotency().WithName("agencies.add-certificate");
        group.MapDelete("/{id}/certificates/{certificate}", WithdrawCertificate).WithName("agencies.withdraw-certificate");
        group.MapPost("/{id}/header-keys", AddHeaderKey).WithIdempotency().WithName("agencies.add-header-key");
        group.MapDelete("/{id}/header-keys/{key}", WithdrawHeaderKey).WithName("agencies.withdraw-header-key");
        group.MapDelete("/{id}", Revoke).WithName("agencies.revoke-client");
    }

    private static IResult List(HttpContext http, Clients clients)
    {
        var caller = http.Caller();
        if (caller.Person is not { } person) return new Refusal(401, "agencies.sign-in-first").ToProblem();
        var own = caller.Agency is { } agency ? clients.OfAgency(agency) : clients.OfPerson(person);
        return TypedResults.Ok(new Page<ClientView>([.. own.Where(c => Clients.IsOwn(caller, c)).Select(c => View(c, clients))], null));
    }

    private static async Task<IResult> Register(NewClient request, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.Register(http.Caller(), request, ct)).Answer(c => TypedResults.Created($"/api/clients/{c.Id}", View(c, clients)));

    private static async Task<IResult> Rotate(Id<Client> id, NewKey request, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.Rotate(http.Caller(), id, request.Jwk, request.IsCompromised, ct)).Answer(c => TypedResults.Ok(View(c, clients)));

    private static async Task<IResult> Revoke(Id<Client> id, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.Revoke(http.Caller(), id, ct)).Answer(_ => TypedResults.NoContent());

    private static async Task<IResult> AddCertificate(Id<Client> id, NewCertificate request, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.AddCertificate(http.Caller(), id, request, ct)).Answer(c => TypedResults.Created($"/api/clients/{id}/certificates/{c.Id}", c));

    private static async Task<IResult> WithdrawCertificate(Id<Client> id, Id<ClientCertificate> certificate, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.WithdrawCertificate(http.Caller(), id, certificate, ct)).Answer(_ => TypedResults.NoContent());

    private static async Task<IResult> AddHeaderKey(Id<Client> id, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.AddHeaderKey(http.Caller(), id, ct)).Answer(made => TypedResults.Created($"/api/clients/{id}/header-keys/{made.Key.Id}", made));

    private static async Task<IResult> WithdrawHeaderKey(Id<Client> id, Id<HeaderKey> key, HttpContext http, Clients clients, CancellationToken ct) =>
        (await clients.WithdrawHeaderKey(http.Caller(), id, key, ct)).Answer(_ => TypedResults.NoContent());

    private static ClientView View(Client client, Clients clients) =>
        new(client.Id, client.ClientId, client.Name, client.Agency, client.IsEnabled, [.. clients.KeysOf(client.Id).Select(k => new KeyView(k.Kid, k.Until))], clients.CertificatesOf(client.Id), clients.HeaderKeysOf(client.Id));
}
