using System.Text;
using System.Text.RegularExpressions;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Collects what the rules say about one entry; blocks that are only missing are errors once it must be complete.</summary>
internal sealed class RuleBook(Readiness readiness)
{
    private readonly List<FieldError> errors = [];
    private readonly List<FieldError> notices = [];

    public Findings Findings => new(errors, notices);

    public void Error(string field, string key, params object?[] args) => errors.Add(new FieldError(field, key, args));

    public void Notice(string field, string key, params object?[] args) => notices.Add(new FieldError(field, key, args));

    public void Missing(string field)
    {
        if (readiness == Readiness.Complete) Error(field, "kernel.required");
    }

    public void Need(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) Missing(field);
    }

    /// <param name="isNeeded">An empty text is missing.</param>
    /// <param name="always">… even in a draft.</param>
    public void Text(string field, string? value, int shortest, int longest, bool isNeeded = false, bool always = false)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            if (isNeeded && always) Error(field, "kernel.required");
            else if (isNeeded) Missing(field);
            return;
        }
        if (!IsClean(value)) Error(field, "catalog.bad-characters");
        var length = value.EnumerateRunes().Count();
        if (length > longest) Error(field, "kernel.too-long", longest, length);
        else if (length < shortest && (always || readiness == Readiness.Complete)) Error(field, "catalog.too-short", shortest, length);
    }

    public void Many(string field, IReadOnlyList<string> values, int most, int longest)
    {
        if (values.Count > most) Error(field, "catalog.too-many", most, values.Count);
        foreach (var value in values.Take(most)) Text(field, value, 1, longest, isNeeded: true, always: true);
    }

    public void Form(string field, string? value, Regex form, string key)
    {
        if (!string.IsNullOrEmpty(value) && !form.IsMatch(value)) Error(field, key, Short(value));
    }

    public void OneOf(string field, string? value, TermList list)
    {
        Need(field, value);
        if (!string.IsNullOrEmpty(value) && !list.Has(value)) Error(field, "catalog.unknown-term", Short(value), string.Join(" ", list.Terms.Select(t => t.Key)));
    }

    public static string Short(string value) => value.Length <= 60 ? value : value[..(char.IsHighSurrogate(value[59]) ? 59 : 60)] + "…";

    /// <summary>No control character but line breaks and tabs, no half surrogate, no direction override that could disguise a text.</summary>
    private static bool IsClean(string value)
    {
        for (var i = 0; i < value.Length;)
        {
            if (Rune.DecodeFromUtf16(value.AsSpan(i), out var rune, out var used) != System.Buffers.OperationStatus.Done) return false;
            if (rune.Value is (< ' ' and not ('\n' or '\r' or '\t')) or 0x7f or (>= 0x80 and < 0xa0) or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or 0xfffe or 0xffff) return false;
            i += used;
        }
        return true;
    }
}
