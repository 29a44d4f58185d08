using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Portal.Kit;

namespace Tongxiang.Portal;

/// <summary>The request as a page sees it: its language, its address, its reader's wishes, and the words and formats that follow from them.</summary>
public sealed class Visit(IHttpContextAccessor accessor, PortalSettings site, TimeProvider clock, OpenWords? openWords = null)
{
    public const string ElderCookie = "tx-elder";

    public HttpContext Http => accessor.HttpContext ?? throw new InvalidOperationException("A page is only rendered for a request.");

    public PortalSettings Site => site;

    /// <summary>The path as this site reads it: never one that a browser would take for another host.</summary>
    public string Path => Rooted(Http.Request.Path.Value ?? "");

    public bool English => Path == "/en" || Path.StartsWith("/en/", StringComparison.Ordinal);

    /// <summary>Language of the page: <c>zh-CN</c> or <c>en</c>.</summary>
    public string Lang => English ? Texts.English : Texts.Chinese;

    /// <summary>True when the reader asked for large type and single columns (适老化).</summary>
    public bool Elder => Http.Request.Cookies[ElderCookie] == "1";

    /// <summary>Path and query, for links to an anchor of this page and for coming back to it.</summary>
    public string Here => Href(Path) + Http.Request.QueryString;

    /// <summary>The page answers a form that it no longer shows: the step was taken before, by the first of two clicks or by somebody else.</summary>
    public bool IsAgain => Http.Items.ContainsKey(AgainSlot);

    static readonly object AgainSlot = new();

    /// <summary>Marks the answer as one to a step that was taken before.</summary>
    internal static void MarkAgain(HttpContext http)
    {
        http.Items[AgainSlot] = true;
        if (!http.Response.HasStarted) http.Response.StatusCode = StatusCodes.Status409Conflict;
    }

    /// <summary>A value of the form that came too late; empty when none did.</summary>
    public string SaidAgain(string name) => IsAgain && Http.Request.HasFormContentType ? Http.Request.Form[name].ToString() : "";

    /// <summary>Who reads: nobody, or a person signed in.</summary>
    public Caller Caller => Http.Caller();

    /// <summary>Scheme and host under which the reader came.</summary>
    public string Origin => $"{Http.Request.Scheme}://{Http.Request.Host}";

    /// <summary>The same page in the other language.</summary>
    public string Other => Href(English ? Bare : Path == "/" ? "/en" : "/en" + Path) + Http.Request.QueryString;

    /// <summary>The path without its language prefix.</summary>
    public string Bare => English ? Rooted(Path[3..]) : Path;

    public string this[string key] => LocalName(key) ?? Words.Get(Lang, key);

    // What a place calls the open classes is a setting (非开放, 禁止开放, 受限开放 …).
    string? LocalName(string key) =>
        openWords is not null && key.StartsWith("open.", StringComparison.Ordinal) && Enum.TryParse<OpenClass>(key.AsSpan(5), out var of) ? openWords.Local(of, Lang) : null;

    public string T(string key, params object?[] args) => Words.Get(Lang, key, args);

    /// <summary>The texts of the pages and of the parts, so that a page can say why a part refused.</summary>
    public static Texts Words { get; } = Texts.Load(typeof(Visit).Assembly, typeof(Texts).Assembly, typeof(Core.Mark).Assembly);

    /// <summary>One of two given texts by language, falling back to Chinese where no English exists.</summary>
    public string Pick(string zh, string? en) => English && !string.IsNullOrEmpty(en) ? en : zh;

    /// <summary>Why a part refused, in the reader's language: the remedy where there is one.</summary>
    public string Why(Refusal refusal) => Words.Get(Lang, Words.Has(refusal.Code + ".detail") ? refusal.Code + ".detail" : refusal.Code, refusal.Args);

    /// <summary>The mistakes a refusal names, by field; a refusal that names none is one mistake of the whole form.</summary>
    public IReadOnlyList<Mistake> Mistakes(Refusal refusal) => refusal.Fields.Count == 0 ? [new Mistake("form", Why(refusal))] : [.. refusal.Fields.Select(f => new Mistake(f.Field, T(f.Key, f.Args)))];

    /// <summary>A path of this site in the reader's language.</summary>
    public string Link(string path) => !English ? path : path == "/" ? "/en" : "/en" + path;

    /// <summary>One value of the query, trimmed; empty when absent.</summary>
    public string Ask(string name) => Http.Request.Query[name].ToString().Trim();

    /// <summary>All values of a query parameter that are not empty.</summary>
    public IReadOnlyList<string> AskAll(string name) => [.. Http.Request.Query[name].Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim())];

    /// <summary>This page with parameters changed; a null value takes the parameter out.</summary>
    public string With(params (string Name, string? Value)[] changes)
    {
        var query = Http.Request.Query.Where(p => !changes.Any(c => c.Name == p.Key))
            .SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v)))
            .Concat(changes.Where(c => c.Value is not null).Select(c => KeyValuePair.Create(c.Name, c.Value)))
            .Where(p => !string.IsNullOrEmpty(p.Value));
        return QueryHelpers.AddQueryString(Href(Path), query);
    }

    /// <summary>This page without one value of a parameter and back on the first page.</summary>
    public string Without(string name, string value) => QueryHelpers.AddQueryString(Href(Path), Http.Request.Query
        .Where(p => p.Key is not ("page" or "after"))
        .SelectMany(p => p.Value.Where(v => !string.IsNullOrEmpty(v) && !(p.Key == name && v.Trim() == value)).Select(v => KeyValuePair.Create(p.Key, (StringValues)v!))));

    public DateTimeOffset Now => clock.GetUtcNow().ToOffset(WorkCalendar.Offset);

    public static string Day(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Minute(DateTimeOffset at) => at.ToOffset(WorkCalendar.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(double n, int digits = 1) => n.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    // "//host", "/\host" and "/<tab>/host" name another host to a browser: one slash stands first, and nothing unseen after it.
    static string Rooted(string path)
    {
        var rest = path.AsSpan();
        while (rest.Length > 0 && (rest[0] is '/' or '\\' || char.IsControl(rest[0]) || char.IsWhiteSpace(rest[0]))) rest = rest[1..];
        return string.Concat("/", rest);
    }

    // Encoded as it came: a decoded "?", "#" or backslash would make another address of it.
    static string Href(string path) => new PathString(path).ToUriComponent();

    /// <summary>A size in the unit people read.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1 << 20 => (bytes / 1024.0).ToString("0.#", CultureInfo.InvariantCulture) + " KB",
        < 1 << 30 => (bytes / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture) + " MB",
        _ => (bytes / 1073741824.0).ToString("0.##", CultureInfo.InvariantCulture) + " GB",
    };
}
