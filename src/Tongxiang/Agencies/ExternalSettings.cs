using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Agencies;

/// <summary>An OpenID provider that people sign in with; section <c>Identity:External</c>. Without an issuer there is none.</summary>
public sealed record ExternalSettings
{
    /// <summary>The provider's issuer, exactly as its tokens name it.</summary>
    public string? Issuer { get; init; }

    public string ClientId { get; init; } = "";

    public string ClientSecret { get; init; } = "";

    /// <summary>What the button says.</summary>
    [MaxLength(40)]
    public string NameZh { get; init; } = "统一身份认证";

    [MaxLength(60)]
    public string NameEn { get; init; } = "the unified sign-in";

    public string Scope { get; init; } = "openid profile";

    /// <summary>The claim that carries the staff id; a person is linked to it here by an administrator.</summary>
    public string StaffClaim { get; init; } = "sub";

    /// <summary>The claim that carries the department; null: it is not looked at.</summary>
    public string? DepartmentClaim { get; init; }

    /// <summary>The provider's department → slug of the agency here. Whoever comes from another one than the own is refused.</summary>
    public Dictionary<string, string> Departments { get; init; } = [];

    /// <summary>Whether a second factor that the provider reports (<c>amr</c>) counts as ours.</summary>
    public bool VouchesFactor { get; init; }

    /// <summary>Takes a provider without TLS: on the own machine and in tests only.</summary>
    public bool AllowsPlainHttp { get; init; }

    public bool IsOn => !string.IsNullOrWhiteSpace(Issuer);
}
