namespace Tongxiang.Agencies;

/// <summary>What a valid access token says.</summary>
/// <param name="IsAsserted">Whether the client proved itself with its own key; what a person fetched at the desk is a bearer like any key.</param>
/// <param name="Matter">Fixed for the token's life; it wins over the header of the same name. So do <paramref name="Case"/> and <paramref name="Operator"/>.</param>
public sealed record Bearer(Caller Caller, string TokenId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, bool IsAsserted, string? Matter, string? Case, string? Operator)
{
    /// <summary>How surely the calling system knows its operator, signed into the token.</summary>
    public string? OperatorAssurance { get; init; }

    /// <summary>Thumbprint of the key that must prove each call (DPoP, <c>cnf.jkt</c>).</summary>
    public string? ProofKey { get; init; }

    /// <summary>SHA-256 of the certificate the connection must show (mutual TLS, <c>cnf.x5t#S256</c>).</summary>
    public string? Certificate { get; init; }

    /// <summary>Useless to whoever stole it: it only counts together with its key or certificate, and both were checked.</summary>
    public bool IsBound => ProofKey is not null || Certificate is not null;

    /// <summary>No token but a key sent as it is, in a header: good for little.</summary>
    public bool IsHeaderKey { get; init; }

    /// <summary>The older platform in whose way the call was signed; null: none.</summary>
    public LegacyScheme? Legacy { get; init; }

    internal Client? Client { get; init; }

    internal Agency? Agency { get; init; }

    internal Clients? Clients { get; init; }

    /// <summary>Whether it was not revoked since: cheap enough to ask between two pages of a long answer. The end of its ten minutes does not break off what began before.</summary>
    public bool IsStillGood => Clients is null || (Client is { } client && Clients.Find(client.Id) is { IsEnabled: true } now && (Legacy is not null || (IsHeaderKey ? Clients.Knows(client.Id, TokenId) : IssuedAt > now.TokensAfter)));
}
