using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>The form a field leaves in; the names are part of signed grant records.</summary>
public enum FieldForm
{
    Plain,

    /// <summary>Part of the value is hidden by stars, as its kind wants it.</summary>
    Masked,

    /// <summary>A coarser value: the month, the city, the band.</summary>
    Generalised,

    /// <summary>A keyed name, the same for the same value for one consumer, another for every other.</summary>
    Pseudonym,

    /// <summary>A number of the same form (FF1); two people together can lead it back.</summary>
    Token,

    /// <summary>The whole value, sealed to the consumer's own key.</summary>
    Encrypted,

    /// <summary>Nothing: the column is there and always null.</summary>
    Suppressed,
}

/// <summary>A form with its parameter, as a grant gives it.</summary>
/// <param name="Detail">Level of a generalisation, shape of a token, <see cref="Forms.Joinable"/>; else null.</param>
/// <param name="ExceptUpTo">Up to this grade the provider's head has given a ground for a plainer form than the measure.</param>
public sealed record GivenForm(FieldForm Form, string? Detail = null, Grade? ExceptUpTo = null);

/// <summary>Which forms a field can take: a closed set, by the kind of its element.</summary>
public static class Forms
{
    /// <summary>A pseudonym that is the same in every resource of the same consumer.</summary>
    public const string Joinable = "joinable";

    /// <summary>The kind a field is protected as: its element, or what its type lets be expected.</summary>
    public static ElementKind KindOf(Field field) => ElementKinds.TryParse(field.Element, out var bound) ? bound : field.Type switch
    {
        FieldType.Date => ElementKind.Date,
        FieldType.Timestamp => ElementKind.Timestamp,
        FieldType.Text => ElementKind.Text,
        FieldType.Integer => ElementKind.Integer,
        _ => ElementKind.Decimal,
    };

    /// <summary>The parameters a form takes on a field; an empty text stands for none.</summary>
    public static IReadOnlyList<string> Details(FieldForm form, Field field) => form switch
    {
        FieldForm.Generalised => Generalising.Levels(KindOf(field)),
        FieldForm.Token => Tokens.Shapes(KindOf(field)),
        FieldForm.Pseudonym => ["", Joinable],
        _ => [""],
    };

    /// <summary>Why a field cannot take the form; null when it can.</summary>
    public static FieldError? Check(string at, Field field, FieldForm form, string? detail)
    {
        var details = Details(form, field);
        if (details.Count == 0) return new FieldError(at, form == FieldForm.Token ? "protect.no-token" : "protect.no-level", field.Title);
        return details.Contains(detail ?? "") ? null : new FieldError(at, "protect.detail", field.Title, string.Join(", ", details.Select(d => d.Length == 0 ? "–" : d)));
    }

    /// <summary>Whether a form protects at least as well as another. Sealing keeps a value from everyone but the consumer, a mask keeps part of it from the consumer too: neither stands for the other.</summary>
    public static bool Meets(FieldForm form, FieldForm least) => least switch
    {
        FieldForm.Plain => true,
        FieldForm.Encrypted => form is FieldForm.Encrypted or FieldForm.Pseudonym or FieldForm.Token or FieldForm.Suppressed,
        FieldForm.Masked or FieldForm.Generalised => form is not (FieldForm.Plain or FieldForm.Encrypted),
        FieldForm.Pseudonym or FieldForm.Token => form is FieldForm.Pseudonym or FieldForm.Token or FieldForm.Suppressed,
        _ => form == FieldForm.Suppressed,
    };
}
