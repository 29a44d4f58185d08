using System.Security.Cryptography;
using Tongxiang.Catalog;
using Tongxiang.Core.Elements;
using Tongxiang.Core.Protect;

namespace Tongxiang.Protect;

/// <summary>The front door of protection: turns the forms of a grant and the grades of today into operators on cells.</summary>
public sealed class Protections(ProtectKeys keys, RecipientKeys recipients, TimeProvider clock)
{
    /// <summary>Changes whenever what was compiled before must be compiled anew.</summary>
    public long Generation => HashCode.Combine(keys.Generation, recipients.Generation);

    /// <summary>Compiles the columns of a version.</summary>
    /// <param name="given">The form of each column that may leave; others do not.</param>
    /// <param name="consumer">Id of the agency or person that receives; null for anyone, who has neither key nor pseudonyms.</param>
    public Protection Compile(Entry entry, IEnumerable<Field> columns, IReadOnlyDictionary<string, GivenForm> given, string? consumer, Audience audience) =>
        Compile(entry, columns, given, consumer, audience, consumer is null ? null : recipients.Of(consumer));

    private Protection Compile(Entry entry, IEnumerable<Field> columns, IReadOnlyDictionary<string, GivenForm> given, string? consumer, Audience audience, RecipientKey? key)
    {
        var made = new List<ProtectedColumn>();
        foreach (var field in columns)
        {
            if (!given.TryGetValue(field.Name, out var form) || Measures.Current.Effective(entry, Present(entry, field), form, audience) is not { } effective) continue;
            if (consumer is null && effective.Form is FieldForm.Pseudonym or FieldForm.Token or FieldForm.Encrypted) effective = new GivenForm(FieldForm.Suppressed);
            made.Add(new ProtectedColumn(field, effective, CellOf(entry, field, effective, consumer ?? ""), effective.Form == FieldForm.Encrypted ? key : null, entry.Slug));
        }

        return new Protection(made);
    }

    /// <summary>The same under keys that are used for nothing else: what it makes is an example, and no key of the consumer is needed.</summary>
    internal Protection Example(Entry entry, IEnumerable<Field> columns, IReadOnlyDictionary<string, GivenForm> given, string nobody, Audience audience)
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var recipient = new RecipientKey(nobody, RecipientAlgorithm.P256, [4, .. point.X!, .. point.Y!], clock.GetUtcNow());
        return Compile(entry, columns, given, nobody, audience, recipient);
    }

    /// <summary>Leads a token back; null when the text is none.</summary>
    internal string? Open(Entry entry, Field field, string shape, string consumer, string token) => TokensOf(entry, field, consumer).Open(Forms.KindOf(field), shape, token);

    // What was landed as an ordinary field and is a personal one today is protected as what it is today.
    private static Field Present(Entry entry, Field field)
    {
        foreach (var now in entry.Content.Fields)
            if (now.Name == field.Name) return now with { IsPersonal = now.IsPersonal || field.IsPersonal };
        return field;
    }

    private CellOperator? CellOf(Entry entry, Field field, GivenForm form, string consumer)
    {
        var kind = Forms.KindOf(field);
        return form.Form switch
        {
            FieldForm.Masked => Masks.Of(kind),
            // A level that is none any more hides instead of opening.
            FieldForm.Generalised => Generalising.To(kind, form.Detail ?? "", clock) ?? Masks.Of(ElementKind.Integer),
            FieldForm.Pseudonym => Names(entry, field, kind, form, consumer).Of(kind),
            FieldForm.Token => TokensOf(entry, field, consumer).Of(kind, form.Detail ?? "") ?? Masks.Of(ElementKind.Integer),
            _ => null,
        };
    }

    private Pseudonyms Names(Entry entry, Field field, ElementKind kind, GivenForm form, string consumer) => new(
        keys.Algorithm, form.Detail == Forms.Joinable ? keys.Of(consumer, ProtectKeys.Joined, $"pseudonym {kind.Code()}") : keys.Of(consumer, entry.Id.ToString(), $"pseudonym {field.Name}"));

    private Tokens TokensOf(Entry entry, Field field, string consumer) => new(keys.Algorithm, keys.Of(consumer, entry.Id.ToString(), $"token {field.Name}"));
}
