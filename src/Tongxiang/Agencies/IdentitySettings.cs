using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Agencies;

/// <summary>How callers prove themselves; section <c>Identity</c> of the settings.</summary>
public sealed record IdentitySettings
{
    /// <summary>How far the time of a proof (DPoP) may lie from ours, in seconds; its number is remembered for twice as long.</summary>
    [Range(5, 300)]
    public int ProofSeconds { get; init; } = 60;

    /// <summary>Whether each proof must carry a number this copy gave out shortly before (<c>DPoP-Nonce</c>): no proof can then be made in advance, nor be shown to another copy.</summary>
    public bool ProofNonce { get; init; }

    /// <summary>Proofs of one key that are remembered at a time; beyond it the key has to wait.</summary>
    [Range(100, 10_000_000)]
    public int ProofsPerKey { get; init; } = 100_000;

    /// <summary>How the secret of the national exchange platform travels under the application key: its programs differ.</summary>
    public NationalCipher NationalCipher { get; init; }

    /// <summary>Further addresses under which callers reach this node, such as that of the listener for client certificates.</summary>
    public string[] Addresses { get; init; } = [];

    /// <summary>The address where client certificates are asked for, told in the discovery document (<c>mtls_endpoint_aliases</c>).</summary>
    [Url]
    public string? MutualUrl { get; init; }

    /// <summary>PEM file with the authorities whose client certificates are taken by subject; none: only registered certificates.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Addresses or networks of the fronts before this node: only they may say from where and with which certificate somebody calls.</summary>
    public string[] Fronts { get; init; } = [];

    /// <summary>What the fronts sign a caller's certificate with (HMAC-SHA-256); none: no front may tell one.</summary>
    [MinLength(32)]
    public string? FrontSecret { get; init; }

    /// <summary>An external OpenID provider to sign in with; none without an issuer.</summary>
    public ExternalSettings External { get; init; } = new();

    /// <summary>Whether approvers, administrators and whoever sees personal data prove themselves by more than a password.</summary>
    public SecondFactorUse SecondFactor { get; init; } = SecondFactorUse.Required;
}

/// <summary>AES-256 with PKCS #7 padding; CBC puts its start value in front.</summary>
public enum NationalCipher { Ecb, Cbc }
