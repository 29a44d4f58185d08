using System.Buffers;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Elements;

namespace Tongxiang.Core.Protect;

/// <summary>Format-preserving tokens of one key: numbers become other numbers of the same form, with a check that holds, and only the key leads back.</summary>
public sealed class Tokens
{
    private static readonly SearchValues<byte> creditSigns = SearchValues.Create(CreditCode.Alphabet);
    private readonly Ff1 cipher;
    private readonly Pseudonyms others;

    public Tokens(SealAlgorithm algorithm, ReadOnlySpan<byte> key)
    {
        cipher = new Ff1(algorithm, Aead.Derive(algorithm, key, [], "format-preserving token"u8));
        others = new Pseudonyms(algorithm, Aead.Derive(algorithm, key, [], "no format to preserve"u8));
    }

    /// <summary>What of a kind a token may keep, the least first; empty: the kind has no token, its domain is too small or has no form.</summary>
    /// <remarks>An identity number that kept division and birth would leave a thousand values: below the published minimum of a million, so there is no such shape.</remarks>
    public static IReadOnlyList<string> Shapes(ElementKind kind) => kind switch
    {
        ElementKind.CitizenId => ["whole", "division"],
        ElementKind.Mobile => ["segment"],
        ElementKind.BankCard => ["issuer"],
        ElementKind.CreditCode => ["division"],
        _ => [],
    };

    /// <summary>The operator for a shape; null for one that does not exist. A value that has not the form of its kind becomes a pseudonym.</summary>
    public CellOperator? Of(ElementKind kind, string shape)
    {
        if (!Shapes(kind).Contains(shape)) return null;
        var kept = Kept(kind, shape);
        return (value, to) =>
        {
            if (value.Length <= 200)
            {
                Span<byte> form = stackalloc byte[600];
                form = form[..NormalForm.Of(kind, value, form)];
                if (Turn(kind, kept, form, encrypts: true))
                {
                    to.Write(form);
                    return;
                }
            }

            others.Write(kind, value, to);
        };
    }

    /// <summary>The value behind a token; null when the text has not the form of one. Whether it was ever given out is not known here.</summary>
    public string? Open(ElementKind kind, string shape, string token)
    {
        if (!Shapes(kind).Contains(shape) || token.Length > 40) return null;
        Span<byte> form = stackalloc byte[600];
        form = form[..NormalForm.Of(kind, Encoding.UTF8.GetBytes(token), form)];
        return Turn(kind, Kept(kind, shape), form, encrypts: false) ? Encoding.ASCII.GetString(form) : null;
    }

    private static int Kept(ElementKind kind, string shape) => (kind, shape) switch
    {
        (ElementKind.CitizenId, "division") => 6,
        (ElementKind.CitizenId, _) => 0,
        (ElementKind.Mobile, _) => 3,
        (ElementKind.BankCard, _) => 6,
        _ => 8,
    };

    private bool Turn(ElementKind kind, int kept, Span<byte> form, bool encrypts)
    {
        if (!HasForm(kind, form)) return false;
        // What is kept is part of the tweak: the same tail behind another prefix becomes another token.
        Span<byte> tweak = [(byte)kind, (byte)kept, .. form[..kept]];
        var body = form[kept..(kind == ElementKind.Mobile ? form.Length : form.Length - 1)];
        var radix = kind == ElementKind.CreditCode ? CreditCode.Alphabet.Length : 10;
        for (var i = 0; i < body.Length; i++) body[i] = (byte)(radix == 10 ? body[i] - '0' : CreditCode.Alphabet.IndexOf(body[i]));
        if (encrypts) cipher.Encrypt(body, radix, tweak);
        else cipher.Decrypt(body, radix, tweak);
        for (var i = 0; i < body.Length; i++) body[i] = radix == 10 ? (byte)(body[i] + '0') : CreditCode.Alphabet[body[i]];
        if (kind != ElementKind.Mobile) form[^1] = Check(kind, form);
        return true;
    }

    // The check must hold: it is not part of what is encrypted and is worked out again on both ways.
    private static bool HasForm(ElementKind kind, ReadOnlySpan<byte> form) => kind switch
    {
        ElementKind.CitizenId => form.Length == 18 && IsNumber(form[..17]) && form[17] == Check(kind, form),
        ElementKind.Mobile => form.Length == 11 && IsNumber(form),
        ElementKind.BankCard => form.Length is >= 13 and <= 19 && IsNumber(form) && form[^1] == Check(kind, form),
        _ => form.Length == 18 && !form[..17].ContainsAnyExcept(creditSigns) && form[17] == Check(kind, form),
    };

    private static byte Check(ElementKind kind, ReadOnlySpan<byte> form) => kind switch
    {
        ElementKind.CitizenId => (byte)CitizenId.CheckCharacter(form[..17]),
        ElementKind.BankCard => Luhn(form),
        _ => CreditCode.CheckCharacter(form[..17]),
    };

    private static byte Luhn(ReadOnlySpan<byte> card)
    {
        Span<byte> zeroed = stackalloc byte[card.Length];
        card.CopyTo(zeroed);
        zeroed[^1] = (byte)'0';
        return (byte)('0' + (10 - BankCard.LuhnSum(zeroed) % 10) % 10);
    }

    private static bool IsNumber(ReadOnlySpan<byte> form) => !form.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
