using Tongxiang.Gateway.Proxying;
using Tone = Tongxiang.Portal.Kit.Tone;

namespace Tongxiang.Portal.Desk.Providing;

/// <summary>Declarations of connections as lines of a form, and their states in words.</summary>
static class Provided
{
    public static Tone Tone(ProviderApiState state) => state switch
    {
        ProviderApiState.Approved => Kit.Tone.Ok,
        ProviderApiState.Proposed => Kit.Tone.Warn,
        _ => Kit.Tone.Plain,
    };

    /// <summary>What went wrong, without the figures that only its own occurrence has.</summary>
    public static string Fault(Visit visit, string code) => "provide.fault-" + code.Split('-', 2)[^1] is var key && Visit.Words.Has(key) ? visit[key] : code;

    /// <summary>A parameter a line: <c>column=name</c>, with <c>*</c> at its end where nothing is asked without it.</summary>
    public static string Lines(IReadOnlyList<ProviderParameter>? parameters) => string.Join('\n', (parameters ?? []).Select(p => $"{p.Column}={p.Name}{(p.IsRequired ? "*" : "")}"));

    public static string Lines(IReadOnlyDictionary<string, string>? fields) => string.Join('\n', (fields ?? new Dictionary<string, string>()).Select(f => $"{f.Key}={f.Value}"));

    /// <param name="lines">As <see cref="Lines(IReadOnlyList{ProviderParameter}?)"/> writes them.</param>
    /// <param name="unread">The first line that is none.</param>
    public static IReadOnlyList<ProviderParameter> Parameters(IReadOnlyList<string> lines, out string? unread)
    {
        var pairs = Pairs(lines, out unread);
        return [.. pairs.Select(p => new ProviderParameter(p.Key, p.Value.TrimEnd('*').TrimEnd(), p.Value.EndsWith('*')))];
    }

    public static IReadOnlyDictionary<string, string> Pairs(IReadOnlyList<string> lines, out string? unread)
    {
        unread = null;
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var cut = line.IndexOf('=', StringComparison.Ordinal);
            if (cut <= 0 || cut == line.Length - 1 || !pairs.TryAdd(line[..cut].Trim(), line[(cut + 1)..].Trim())) unread ??= line;
        }
        return pairs;
    }
}
