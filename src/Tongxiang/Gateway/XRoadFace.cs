using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Gateway;

/// <summary>
/// The message form that information systems of X-Road use (REST, protocol version 1): <c>/r1/{instance}/{class}/{member}/{subsystem}/{service}</c> with
/// <c>X-Road-Client</c>. It carries call context, not identity: that comes from token or certificate as everywhere, and the client named must be the one that calls.
/// </summary>
/// <remarks>Instance: the node's division. Class: GOV, or COM for companies. Member: credit code. Subsystem: client id of the caller, any name of a provider. Service: name of the resource.</remarks>
public sealed class XRoadFace(DataFace data, GatewaySources sources, Agencies.Directory directory, NodeSettings settings, TimeProvider clock)
{
    internal const string ErrorHeader = "X-Road-Error";
    private static readonly object Slot = new();

    internal void Map(IEndpointRouteBuilder app) => app.MapGet("/r1/{instance}/{memberClass}/{member}/{subsystem}/{service}", Answer).WithName("gateway.x-road");

    /// <summary>Whether errors of this request are told in X-Road's form.</summary>
    internal static bool IsSpoken(HttpContext http) => http.Items.ContainsKey(Slot);

    private async Task Answer(HttpContext http, string instance, string memberClass, string member, string subsystem, string service)
    {
        http.Items[Slot] = true;
        var (request, answer) = (http.Request.Headers, http.Response.Headers);
        // If it is repeated the last one counts.
        var client = request["X-Road-Client"].LastOrDefault() ?? "";
        var id = request["X-Road-Id"].LastOrDefault() is { Length: > 0 and <= 200 } given && CallContext.Takes(given) ? given : Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        answer["X-Road-Id"] = id;
        answer["X-Road-Request-Id"] = Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        answer["X-Road-Client"] = Printable(client);
        answer["X-Road-Service"] = Printable($"{instance}/{memberClass}/{member}/{subsystem}/{service}");
        answer["X-Road-Request-Hash"] = HashOf(http.Request);
        var caller = sources.Caller(http);
        if (Flaw(caller, client, instance, memberClass, member, service) is { } flaw)
        {
            await Refuse(http, flaw.Status, flaw.Type, flaw.Message);
            return;
        }
        // Operator and case of the older form; what a token says still wins.
        Lend(request, "X-Road-UserId", CallContext.Operator);
        Lend(request, "X-Road-Issue", CallContext.Case);
        await data.Answer(http, service);
    }

    private (int Status, string Type, string Message)? Flaw(Caller caller, string client, string instance, string memberClass, string member, string service)
    {
        if (instance != settings.Division) return (400, "Client.UnknownMember", $"This instance is {settings.Division}.");
        if (caller.IsAnonymous) return (401, "Client.AuthenticationFailed", "Show a token or a certificate: X-Road-Client names, it does not prove.");
        var own = caller.Agency is { } agency ? directory.Find(agency) : null;
        if (caller.Client is not { } id || own is null || client != $"{settings.Division}/{ClassOf(own)}/{own.CreditCode}/{sources.ClientId(id)}") return (403, "Client.AccessDenied", "X-Road-Client is not the client that calls.");
        if (sources.BySlug(Reception.Split(service).Slug) is not { } entry || directory.Find(entry.Agency) is not { } provider || provider.CreditCode != member || ClassOf(provider) != memberClass) return (400, "Client.UnknownService", "There is no such service of that member.");
        return null;
    }

    /// <summary>Errors as X-Road's clients read them; whose side it was says the prefix of the type.</summary>
    internal static Task Refuse(HttpContext http, int status, string type, string message)
    {
        http.Response.StatusCode = status;
        http.Response.Headers[ErrorHeader] = type;
        return http.Response.WriteAsJsonAsync(new { type, message, detail = http.Response.Headers["X-Road-Request-Id"].ToString() }, Wire.Json, http.RequestAborted);
    }

    private static string ClassOf(Agency agency) => agency.IsGovernment ? "GOV" : "COM";

    private static void Lend(IHeaderDictionary headers, string from, string to)
    {
        if (!headers.ContainsKey(to) && headers[from].LastOrDefault() is { Length: > 0 } text) headers[to] = Uri.EscapeDataString(text);
    }

    // Without a body: SHA-512 over the request line and the fields as they came, a line each.
    private static string HashOf(HttpRequest request)
    {
        var text = new StringBuilder($"{request.Method} {request.Path}{request.QueryString} HTTP/1.1\r\n");
        foreach (var (name, value) in request.Headers)
            foreach (var one in value) text.Append(name).Append(": ").Append(one).Append("\r\n");
        return Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Printable(string text) => new([.. text.Where(c => c is > ' ' and <= '~').Take(500)]);
}
