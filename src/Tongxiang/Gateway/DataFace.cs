using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Gateway.Forms;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway;

/// <summary>The data API (一数一接口): <c>/data/{resource}</c> in PostgREST's query language.</summary>
public sealed class DataFace(Calls calls, GatewaySources sources, AnswerSignatures signatures, TimeProvider clock)
{
    private const string exposed = "Content-Range, Link, ETag, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Preference-Applied, Csv-Formula-Cells, " + CorrectionHeader.Name + ", " + Receipt.Header;

    internal void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/data/{resource}", [HttpMethods.Get, HttpMethods.Head], Answer).WithName("gateway.data");
        app.MapMethods("/data/{resource}/{*rest}", [HttpMethods.Options], Preflight);
        app.MapMethods("/data/{resource}/{*rest}", [HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete], ReadOnly);
    }

    internal async Task Answer(HttpContext http, string resource)
    {
        var ct = http.RequestAborted;
        if (AnswerForm.Of(http.Request) is not { } form)
        {
            await DataProblem.Write(http, new Stop(new Refusal(406, "gateway.no-form"), null));
            return;
        }

        var call = Reception.Receive(http, sources, resource, Mode.Api, clock.GetUtcNow(), form.Name, form.IsSingle, form.Kind == FormKind.GeoJson ? Spatial : null);
        var stop = await Try(calls, sources, call, ct);
        Headers(http, call);
        if (stop is not null)
        {
            if (call.Total is { } total) http.Response.Headers.ContentRange = $"*/{total.ToString(CultureInfo.InvariantCulture)}";
            await DataProblem.Write(http, stop);
            return;
        }

        using var page = call.Page!;
        Describe(http, call, form, page);
        if (call.IsOpenRead && http.Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } seen && seen.Split(',').Any(tag => tag.Trim() == http.Response.Headers.ETag))
        {
            http.Response.StatusCode = 304;
            http.Response.ContentType = null;
            return;
        }

        if (HttpMethods.IsHead(http.Request.Method)) return;
        if (AnswerSignatures.IsAsked(http.Request)) await WriteSigned(http, form, call, page, ct);
        else await WriteGathered(http.Response, form, call, page, ct);
    }

    private static async Task WriteGathered(HttpResponse response, AnswerForm form, Call call, ServedPage page, CancellationToken ct)
    {
        using var body = new Gathered(response.BodyWriter);
        await Write(body, form, call, page, ct);
        if (body.WholeLength is { } length) response.ContentLength = length;
        await body.CompleteAsync();
    }

    // The signature stands in the headers, which leave before the body: so the body is made first.
    private async Task WriteSigned(HttpContext http, AnswerForm form, Call call, ServedPage page, CancellationToken ct)
    {
        using var made = new MemoryStream();
        var to = PipeWriter.Create(made, new StreamPipeWriterOptions(leaveOpen: true));
        await Write(to, form, call, page, ct);
        await to.CompleteAsync();
        var body = made.GetBuffer().AsMemory(0, (int)made.Length);
        signatures.Sign(http, body.Span);
        await http.Response.BodyWriter.WriteAsync(body, ct);
    }

    /// <summary>No evidence, no data: when the log cannot take the entry, the page is thrown away.</summary>
    internal static async ValueTask<Stop?> Try(Calls calls, GatewaySources sources, Call call, CancellationToken ct)
    {
        try
        {
            return await calls.Run(call, ct);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException && !ct.IsCancellationRequested && sources.Stopped() is not null)
        {
            call.Page?.Dispose();
            return new Refusal(503, "gateway.no-evidence") { RetryAfterSeconds = 60 };
        }
    }

    private static ValueTask Write(PipeWriter body, AnswerForm form, Call call, ServedPage page, CancellationToken ct)
    {
        switch (form.Kind)
        {
            case FormKind.Csv:
                CsvForm.Head(body, page.Columns, form.HasMark);
                return CsvForm.Rows(body, page, ct);
            case FormKind.NdJson:
                return new JsonForm(page, false).Lines(body, ct);
            case FormKind.GeoJson:
                return new JsonForm(page, false).Features(body, Place(page, call.Entry!.Content.LongitudeField), Place(page, call.Entry.Content.LatitudeField), ct);
            default:
                return new JsonForm(page, form.StripsNulls).List(body, form.IsSingle, ct);
        }
    }

    private static int Place(ServedPage page, string? field)
    {
        for (var i = page.Columns.Count - 1; i >= 0; i--)
            if (page.Columns[i].Field.Name == field) return i;
        return -1;
    }

    private Outcome<Plan> Spatial(QueryScope scope, Plan plan)
    {
        var content = sources.BySlug(scope.Resource)?.Content;
        if (content is not { LongitudeField: { } longitude, LatitudeField: { } latitude }
            || scope.Find(longitude) is not { IsMasked: false } x || scope.Find(latitude) is not { IsMasked: false } y) return new Refusal(406, "gateway.not-spatial");
        var columns = plan.Columns.ToList();
        foreach (var column in (ScopeColumn[])[x, y])
        {
            columns.RemoveAll(c => c.Field.Name == column.Field.Name);
            columns.Add(new PlanColumn(column.Field, column.Field.Name));
        }

        return plan with { Columns = columns };
    }

    internal static void Headers(HttpContext http, Call call)
    {
        var headers = http.Response.Headers;
        if (call.Rate is { } rate)
        {
            // The form of the newest draft, and the three fields that older clients know.
            var name = rate.Scope.ToString().ToLowerInvariant();
            headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={rate.Limit};w=60");
            headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={rate.Remaining};t={rate.ResetSeconds}");
            headers["RateLimit-Limit"] = rate.Limit.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Remaining"] = rate.Remaining.ToString(CultureInfo.InvariantCulture);
            headers["RateLimit-Reset"] = rate.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        }

        // Any site may read what anyone may read; the rest stays with the systems that hold a token.
        if (call.Entry is not { IsOpen: true }) return;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = exposed;
    }

    private void Describe(HttpContext http, Call call, AnswerForm form, ServedPage page)
    {
        var (response, plan) = (http.Response, call.Plan!);
        response.ContentType = form.ContentType;
        response.StatusCode = Partial(plan, page) ? 206 : 200;
        response.Headers.ContentRange = Range(plan, page);
        response.Headers["Range-Unit"] = "items";
        response.Headers.Vary = "Accept, Range, Prefer, Authorization, Api-Key";
        if (plan.Count != PlanCount.None) response.Headers["Preference-Applied"] = plan.Count == PlanCount.Exact ? "count=exact" : "count=planned";
        if (call.Receipt is { } receipt) response.Headers[Receipt.Header] = receipt.ToString();
        if (CorrectionHeader.Of(call, page) is { } marked) response.Headers[CorrectionHeader.Name] = marked;
        if (form.Kind == FormKind.Csv && CsvForm.Formulas(page) is > 0 and var formulas) response.Headers["Csv-Formula-Cells"] = formulas.ToString(CultureInfo.InvariantCulture);
        if (page.Next is { } next) response.Headers.Link = $"<{Continued(http.Request, plan, calls.Continuation.Seal(call.Scope!.Resource, plan, next))}>; rel=\"next\"";
        response.Headers.ETag = $"\"{call.Version!.Digest[..Math.Min(16, call.Version.Digest.Length)]}-{Representation(http.Request, form)}\"";
        response.Headers.CacheControl = call.IsOpenRead && call.Proxy is null ? "public, max-age=60" : "private, no-store";
        // Nobody here knows whether the provider's rows are still the same.
        if (call.Proxy is not null) response.Headers.ETag = default;
    }

    // As PostgREST: part of the rows is 206 only when the total is known.
    private static bool Partial(Plan plan, ServedPage page) => plan.After is null ? page.Total is { } total && page.Rows < total : page.Total > page.Rows;

    private static string Range(Plan plan, ServedPage page)
    {
        var total = page.Total?.ToString(CultureInfo.InvariantCulture) ?? "*";
        return page.Rows == 0 || plan.After is not null ? $"*/{total}" : string.Create(CultureInfo.InvariantCulture, $"{plan.Offset}-{plan.Offset + page.Rows - 1}/{total}");
    }

    private static string Continued(HttpRequest request, Plan plan, string after)
    {
        var link = new StringBuilder(request.PathBase + request.Path);
        var sign = '?';
        void Add(string name, string value)
        {
            link.Append(sign).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            sign = '&';
        }

        foreach (var pair in new QueryStringEnumerable(request.QueryString.Value))
        {
            var name = pair.DecodeName().ToString();
            if (name is not ("" or "after" or "offset" or "limit")) Add(name, pair.DecodeValue().ToString());
        }

        Add("limit", plan.Limit.ToString(CultureInfo.InvariantCulture));
        Add("after", after);
        return link.ToString();
    }

    private static string Representation(HttpRequest request, AnswerForm form)
    {
        var text = $"{request.Path}\n{request.QueryString}\n{form.ContentType}{form.HasMark}{form.StripsNulls}\n{request.Headers.Range}\n{request.Headers["Prefer"]}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
    }

    private static void Preflight(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders.ToString() is { Length: > 0 and < 500 } asked ? asked : "Accept, Prefer, Range, Range-Unit";
        headers.AccessControlMaxAge = "86400";
        headers.Allow = "GET, HEAD, OPTIONS";
        http.Response.StatusCode = 204;
    }

    private static Task ReadOnly(HttpContext http)
    {
        http.Response.Headers.Allow = "GET, HEAD, OPTIONS";
        return DataProblem.Write(http, new Stop(new Refusal(405, "gateway.read-only", http.Request.Method), null));
    }
}
