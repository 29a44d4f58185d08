using Tongxiang.Core;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>What a place calls the three open classes; section <c>OpenClasses</c> of the settings. The class itself stays a code, only its name is local
/// (非开放, 不予开放, 禁止开放, 不开放; 受限开放 for conditional).</summary>
[Enforces(33)]
public sealed record OpenWords
{
    public string? Open { get; init; }

    public string? OpenEn { get; init; }

    public string? Conditional { get; init; }

    public string? ConditionalEn { get; init; }

    public string? Closed { get; init; }

    public string? ClosedEn { get; init; }

    /// <summary>The local name; null where the usual one holds.</summary>
    public string? Local(OpenClass of, string language) => (of, language == Texts.English) switch
    {
        (OpenClass.Open, false) => Set(Open),
        (OpenClass.Open, true) => Set(OpenEn),
        (OpenClass.Conditional, false) => Set(Conditional),
        (OpenClass.Conditional, true) => Set(ConditionalEn),
        (OpenClass.Closed, false) => Set(Closed),
        _ => Set(ClosedEn),
    };

    /// <summary>The three classes with the names that hold here.</summary>
    public IReadOnlyList<Term> Terms => [.. Enum.GetValues<OpenClass>().Select(Term)];

    public Term Term(OpenClass of)
    {
        var usual = Themes.Access.Find(of.ToString())!;
        return usual with { Name = Local(of, Texts.Chinese) ?? usual.Name, NameEn = Local(of, Texts.English) ?? usual.NameEn };
    }

    private static string? Set(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
