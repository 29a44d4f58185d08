using System.Text;
using System.Text.RegularExpressions;
using Tongxiang.Core.Elements;

namespace Tongxiang.Gateway;

/// <summary>What a calling system may say of the person who works with it (经办人): a lasting pseudonym, and how surely it knows that person.</summary>
internal static partial class Operators
{
    /// <summary>The ways of knowing an operator; what else is said is refused, so that the evidence can be counted.</summary>
    public static readonly string[] Assurances = ["password", "sms", "certificate", "hardware-token", "face", "fingerprint"];

    /// <summary>How somebody who signed in at this node is known.</summary>
    public const string OwnSession = "password";

    public static bool IsAssurance(string text) => Assurances.Contains(text);

    /// <summary>Whether the pseudonym is none: a citizen number or a mobile number stands in it, however it is written.</summary>
    public static bool NamesAPerson(string text)
    {
        // Full-width digits read like the others, and spaces and dashes between them hide nothing.
        var plain = Separators().Replace(string.Create(text.Length, text, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++) to[i] = from[i] is >= '\uff01' and <= '\uff5e' ? (char)(from[i] - 0xfee0) : char.IsDigit(from[i]) ? (char)('0' + (int)char.GetNumericValue(from[i])) : from[i];
        }), "");
        return Mobile().IsMatch(plain) || CitizenNumbers().Matches(plain).Any(m => CitizenId.CheckCharacter(Encoding.ASCII.GetBytes(m.Value[..17])) == char.ToUpperInvariant(m.Value[17]));
    }

    [GeneratedRegex(@"(?<=[0-9])[\s\-_.·](?=[0-9Xx])", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex("(?<![0-9A-Za-z])(?:\\+?86)?1[3-9][0-9]{9}(?![0-9A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex Mobile();

    [GeneratedRegex("(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex CitizenNumbers();
}
