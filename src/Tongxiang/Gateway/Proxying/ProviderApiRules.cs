using System.Net;
using System.Text.RegularExpressions;
using Tongxiang.Catalog;
using Tongxiang.Gateway.Query;
using Tongxiang.Kernel;
using Tongxiang.Share;
using Tongxiang.Warehouse;

namespace Tongxiang.Gateway.Proxying;

/// <summary>What a connection may declare, and the address it makes of a call.</summary>
public static partial class ProviderApiRules
{
    /// <param name="wish">What is declared.</param>
    /// <param name="entry">The resource.</param>
    /// <param name="settings">The node's.</param>
    /// <param name="isSecretKnown">Whether credentials that were given before are kept.</param>
    public static IEnumerable<FieldError> Wrong(ProviderApiWish wish, Entry entry, GatewaySettings settings, bool isSecretKnown = false)
    {
        foreach (var error in Address(wish, settings)) yield return error;
        var names = entry.Content.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var parameter in wish.Parameters ?? [])
        {
            if (!names.Contains(parameter.Column)) yield return new FieldError("parameters", "gateway.provider-column", QueryFault.Clip(parameter.Column));
            if (!Plain().IsMatch(parameter.Name)) yield return new FieldError("parameters", "gateway.provider-parameter", QueryFault.Clip(parameter.Name));
        }

        foreach (var hole in Holes(wish.Address).Where(hole => (wish.Parameters ?? []).All(p => p.Name != hole || !p.IsRequired)))
            yield return new FieldError("address", "gateway.provider-hole", QueryFault.Clip(hole));
        foreach (var field in (wish.Fields ?? new Dictionary<string, string>()).Keys.Where(field => !names.Contains(field))) yield return new FieldError("fields", "gateway.provider-column", QueryFault.Clip(field));
        if (wish.Auth == ProviderAuth.Header && !HeaderName().IsMatch(wish.AuthName ?? "")) yield return new FieldError("authName", "gateway.provider-header", QueryFault.Clip(wish.AuthName ?? ""));
        if (wish.Auth != ProviderAuth.None && wish.Secret is not { Length: > 0 and <= 4_000 } && !(isSecretKnown && string.IsNullOrEmpty(wish.Secret)) || wish.Secret?.Any(char.IsControl) == true) yield return new FieldError("secret", "gateway.provider-secret");
        if (wish.TimeoutMs is < 100 or > 60_000) yield return new FieldError("timeoutMs", "gateway.provider-range", wish.TimeoutMs, 100, 60_000);
        if (wish.MostBytes is < 1_024 or > 64 << 20) yield return new FieldError("mostBytes", "gateway.provider-range", wish.MostBytes, 1_024, 64 << 20);
        if (wish.MostRows is < 1 or > 10_000) yield return new FieldError("mostRows", "gateway.provider-range", wish.MostRows, 1, 10_000);
    }

    /// <summary>Whether credentials given for one declaration may serve another: the same way of proof, and the very host they were given for. Whoever could send them elsewhere could read them there.</summary>
    public static bool KeepsSecret(ProviderApi known, ProviderApiWish wish) =>
        string.IsNullOrEmpty(wish.Secret) && wish.Auth != ProviderAuth.None && known.Auth == wish.Auth && known.AuthName == wish.AuthName
        && Authority().Match(known.Address) is { Success: true } before && Authority().Match(wish.Address ?? "") is { Success: true } after && before.Value == after.Value;

    /// <summary>Values of the filters that go along: only equalities that must hold for every row of the answer, and only those that were declared.</summary>
    public static IReadOnlyDictionary<string, string> Forwarded(ProviderApi api, Predicate? where)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in Parts(where))
            if (part is { Operator: PlanOperator.Eq, Negated: false } && api.Parameters.FirstOrDefault(p => p.Column == part.Field!.Name) is { } parameter && Text(part) is { } text) values.TryAdd(parameter.Name, text);
        return values;
    }

    /// <summary>The address of one call; a part of the path that would climb out of it is refused.</summary>
    public static Outcome<Uri> Address(ProviderApi api, IReadOnlyDictionary<string, string> values)
    {
        if (api.Parameters.FirstOrDefault(p => p.IsRequired && !values.ContainsKey(p.Name)) is { } missing) return new Refusal(400, "gateway.provider-needs", missing.Column);
        if (values.FirstOrDefault(v => v.Value is "" or "." or "..") is { Key: { } bad }) return new Refusal(400, "gateway.provider-value", bad);
        var holes = Holes(api.Address).ToHashSet(StringComparer.Ordinal);
        var address = Hole().Replace(api.Address, hole => Uri.EscapeDataString(values[hole.Groups[1].Value]));
        foreach (var (name, value) in values.Where(v => !holes.Contains(v.Key)))
            address += $"{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
        return new Uri(address);
    }

    private static IEnumerable<FieldError> Address(ProviderApiWish wish, GatewaySettings settings)
    {
        var text = wish.Address ?? "";
        // A hole in the host would let a caller choose where the node goes.
        if (text.Length > 1_000 || !Uri.TryCreate(Hole().Replace(text, "x"), UriKind.Absolute, out var address) || Authority().Match(text).Value.Contains('{', StringComparison.Ordinal) || address.UserInfo.Length > 0 || address.Fragment.Length > 0 || text.Contains('\\', StringComparison.Ordinal))
        {
            yield return new FieldError("address", "share.field.url", QueryFault.Clip(text));
            yield break;
        }

        if (address.Scheme != Uri.UriSchemeHttps && !(settings.AllowHttpProviders && address.Scheme == Uri.UriSchemeHttp)) yield return new FieldError("address", "share.field.url-https", address.Scheme);
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !PublicAddress.IsPublic(literal) && !settings.AllowedPrivateHosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase))
            yield return new FieldError("address", "share.field.url-private", address.Host);
    }

    private static IEnumerable<Predicate> Parts(Predicate? where) => where switch
    {
        null => [],
        { Operator: PlanOperator.And, Negated: false } => where.Parts.SelectMany(Parts),
        _ => [where],
    };

    private static string? Text(Predicate equal) => equal.Values is not [var value] ? null : value switch
    {
        string text => text,
        long number => ServedPage.Scaled(number, equal.Field!),
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    private static IEnumerable<string> Holes(string address) => Hole().Matches(address ?? "").Select(hole => hole.Groups[1].Value);

    [GeneratedRegex(@"\{([A-Za-z0-9_-]+)\}")]
    private static partial Regex Hole();

    [GeneratedRegex("^[a-z]+://[^/?#]*")]
    private static partial Regex Authority();

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,60}$")]
    private static partial Regex Plain();

    [GeneratedRegex("^(?!(?i:host|content-|transfer-|connection|cookie))[A-Za-z0-9-]{1,60}$")]
    private static partial Regex HeaderName();
}
