using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tongxiang.Agencies;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Gateway;

/// <summary>Rows read in an emergency; a stop when they were refused.</summary>
public sealed record BreakGlassRows(Stop? Stop, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, Receipt? Receipt);

/// <summary>Reads under an emergency access: the steps of every call, witnessed under its number, with the person who asked as the operator and the incident as the case.</summary>
[Core.Enforces(31)]
public sealed class BreakGlassReads(Calls calls, GatewaySources sources, BreakGlasses glasses, IdentitySettings identity, TimeProvider clock)
{
    public const string Form = "break-glass";
    private const int mostRows = 100;

    /// <param name="query">In the query language of <c>/data</c>, without a question mark; at most 100 rows come.</param>
    public async Task<Outcome<BreakGlassRows>> Read(Caller caller, IPAddress? address, Id<BreakGlass> id, string query, CancellationToken ct)
    {
        // Only whoever asked reads; whoever allowed it has a look at it, not at the rows.
        if (await glasses.Find(caller, id, ct) is not { } glass || glass.AskedBy != caller.Person) return Refusal.NotFound("break-glass");
        if (SecondFactorRules.ForPersonalData(identity.SecondFactor, caller) is { } weak) return weak;
        // What is not open takes nothing; the gateway says so, and that it was tried.
        var taken = await glasses.Take(id, mostRows, ct);
        if (taken == 0) return Refusal.Conflict("share.break-glass.rows", glass.Number, BreakGlassRules.MostRows) with { Article = BreakGlassRules.Article };
        var read = 0;
        try
        {
            var answer = await Read(caller, address, glass, query, (int)(taken ?? 0), ct);
            read = answer.Rows.Count;
            return answer;
        }
        finally
        {
            await glasses.GiveBack(id, (taken ?? 0) - read);
        }
    }

    private async Task<BreakGlassRows> Read(Caller caller, IPAddress? address, BreakGlass glass, string query, int most, CancellationToken ct)
    {
        var call = new Call
        {
            Resource = glass.Resource,
            Query = new QueryText("?" + query.Trim().TrimStart('?')),
            Caller = caller,
            Assurance = Assurance.SignedAssertion,
            Address = address,
            Context = new CallPurpose(null, glass.Occasion, caller.Person!.ToString()) { OperatorAssurance = Operators.OwnSession, IsOwnOperator = true },
            Form = Form,
            Under = new Id<Grant>(glass.Id.Value),
            Adjust = (_, plan) => plan with { Limit = Math.Min(plan.Limit, most) },
            At = clock.GetUtcNow(),
        };
        var stop = await DataFace.Try(calls, sources, call, ct);
        using var page = call.Page;
        if (stop is not null || page is null) return new BreakGlassRows(stop, [], [], null);
        var rows = new List<IReadOnlyList<string?>>(page.Rows);
        for (var row = 0; row < page.Rows; row++)
        {
            var cells = new string?[page.Columns.Count];
            for (var column = 0; column < cells.Length; column++) cells[column] = page.Text(row, column);
            rows.Add(cells);
        }
        return new BreakGlassRows(null, [.. page.Columns.Select(c => c.Shown)], rows, call.Receipt);
    }

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/break-glass/{id}/rows", async (Id<BreakGlass> id, HttpContext http, BreakGlassReads door, CancellationToken ct) =>
        (await door.Read(http.Caller(), http.Connection.RemoteIpAddress, id, http.Request.QueryString.Value ?? "", ct)).Answer(rows =>
            rows.Stop is { } stop ? (stop.Refusal ?? Refusal.Invalid(new FieldError("query", stop.Fault!.Key, stop.Fault.Args))).ToProblem() : TypedResults.Ok(rows))).WithTags("gateway").WithName("gateway.break-glass-rows");
}
