using System.Globalization;
using System.Text;

namespace Tongxiang.Core.Crypto;

/// <summary>One covered component of an HTTP message signature (RFC 9421): its identifier with parameters, and its value.</summary>
/// <param name="Name">A field in small letters, or a derived component such as <c>@status</c>.</param>
/// <param name="IsOfRequest">Whether an answer covers it of the request that it answers (<c>;req</c>).</param>
public readonly record struct SignedComponent(string Name, string Value, bool IsOfRequest = false)
{
    public string Identifier => IsOfRequest ? $"\"{Name}\";req" : $"\"{Name}\"";
}

/// <summary>The text that an HTTP message signature signs (RFC 9421 §2.5) and its parameters.</summary>
public sealed record MessageSignature(IReadOnlyList<SignedComponent> Components, DateTimeOffset Created, string KeyId, string? Algorithm = null, string? Nonce = null)
{
    /// <summary>The value of <c>Signature-Input</c> for one label, and of <c>@signature-params</c>.</summary>
    public string Parameters
    {
        get
        {
            var to = new StringBuilder("(").AppendJoin(' ', Components.Select(c => c.Identifier)).Append(')');
            to.Append(CultureInfo.InvariantCulture, $";created={Created.ToUnixTimeSeconds()};keyid={Text(KeyId)}");
            if (Algorithm is not null) to.Append(";alg=").Append(Text(Algorithm));
            if (Nonce is not null) to.Append(";nonce=").Append(Text(Nonce));
            return to.ToString();
        }
    }

    /// <summary>The signature base.</summary>
    /// <exception cref="ArgumentException">A component stands twice, or a value would break its line.</exception>
    public string Base()
    {
        var to = new StringBuilder();
        foreach (var component in Components)
        {
            if (component.Value.AsSpan().IndexOfAny('\r', '\n') >= 0) throw new ArgumentException($"The value of {component.Identifier} holds a line break.");
            to.Append(component.Identifier).Append(": ").Append(component.Value.Trim(' ', '\t')).Append('\n');
        }
        if (Components.Select(c => c.Identifier).Distinct(StringComparer.Ordinal).Count() != Components.Count) throw new ArgumentException("A component is covered twice.");
        return to.Append("\"@signature-params\": ").Append(Parameters).ToString();
    }

    /// <summary>A structured-field string (RFC 9651): printable ASCII, quotes and backslashes escaped.</summary>
    private static string Text(string value) => value.Any(c => c is < ' ' or > '~')
        ? throw new ArgumentException("A parameter holds other characters than printable ASCII.")
        : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
