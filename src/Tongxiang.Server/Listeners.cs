namespace Tongxiang.Server;

/// <summary>Which side of a node a path belongs to: a real node gives each its own listener and network zone.</summary>
internal enum Face
{
    /// <summary>The public site, open data and the evidence log.</summary>
    Public,

    /// <summary>The departments' desk, the bureau and their API.</summary>
    Desk,

    /// <summary>Calls with tokens.</summary>
    Gateway,
}

/// <summary>Addresses of the faces; section <c>Listeners</c>. Empty ones share <see cref="All"/>.</summary>
internal sealed record Listeners
{
    public string All { get; init; } = "http://127.0.0.1:8080";
    public string? Public { get; init; }
    public string? Desk { get; init; }
    public string? Gateway { get; init; }

    /// <summary>Only for <c>/metrics</c> and health, without a token: an address that nobody but the monitoring reaches.</summary>
    public string? Metrics { get; init; }

    /// <summary>The gateway's face for systems that show a certificate (mutual TLS), such as <c>https://0.0.0.0:8443</c>; browsers never come here.</summary>
    public string? Mutual { get; init; }

    /// <summary>Whether a connection without a certificate is broken off there already; otherwise it is known by what else it shows.</summary>
    public bool MutualRequired { get; init; }

    /// <summary>PEM file with the node's certificate for <c>https</c> addresses; none: <see cref="Mutual"/> gets one that the node signs itself.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file with its private key.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>All addresses to listen on.</summary>
    public IReadOnlyList<string> Addresses => [.. new[] { Public, Desk, Gateway }.Select(a => a ?? All).Append(Metrics ?? "").Append(Mutual ?? "").SelectMany(a => a.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.OrdinalIgnoreCase)];

    private bool IsSplit => Public is not null || Desk is not null || Gateway is not null;

    /// <summary>Whether a request that came in on this port may see that path.</summary>
    public bool Serves(int port, string path)
    {
        if (IsMetrics(port)) return IsUnder(path, "/metrics") || IsUnder(path, "/health");
        if (IsMutual(port)) return FacesOf(path).Contains(Face.Gateway);
        if (!IsSplit) return true;
        return FacesOf(path).Any(face => Ports(face).Contains(port));
    }

    /// <summary>Whether this port is the monitoring's own.</summary>
    public bool IsMetrics(int port) => Metrics is not null && PortsOf(Metrics).Contains(port);

    /// <summary>Whether this port asks for client certificates.</summary>
    public bool IsMutual(int port) => Mutual is not null && PortsOf(Mutual).Contains(port);

    /// <summary>The faces a path is served on; health is on all of them.</summary>
    internal static IReadOnlyList<Face> FacesOf(string path)
    {
        // Routes do not tell capitals from small letters, so /DESK must not slip through to the public face.
        var bare = path.StartsWith("/en/", StringComparison.OrdinalIgnoreCase) ? path[3..] : path;
        return Prefixes.FirstOrDefault(p => bare.Equals(p.Prefix, StringComparison.OrdinalIgnoreCase) || bare.StartsWith(p.Prefix + "/", StringComparison.OrdinalIgnoreCase)).Faces ?? [Face.Public];
    }

    private static readonly (string Prefix, Face[] Faces)[] Prefixes =
    [
        ("/health", [Face.Public, Face.Desk, Face.Gateway]),
        ("/metrics", [Face.Desk]),
        ("/desk", [Face.Desk]),
        ("/bureau", [Face.Desk]),
        ("/sign-in", [Face.Public, Face.Desk]),
        ("/sign-out", [Face.Public, Face.Desk]),
        ("/api/3/action", [Face.Public]),
        ("/api/action", [Face.Public]),
        ("/api", [Face.Public, Face.Desk]),
        ("/data", [Face.Public, Face.Gateway]),
        ("/verify", [Face.Public, Face.Gateway]),
        ("/batch", [Face.Gateway]),
        ("/legacy", [Face.Gateway]),
        ("/r1", [Face.Gateway]),
        ("/subscribe", [Face.Gateway]),
        ("/connect", [Face.Gateway, Face.Desk]),
        ("/.well-known", [Face.Gateway, Face.Public]),
        ("/log", [Face.Public, Face.Gateway, Face.Desk]),
        ("/witness", [Face.Public, Face.Gateway]),
        ("/assets", [Face.Public, Face.Desk]),
        ("/preferences", [Face.Public, Face.Desk]),
        ("/problems", [Face.Public, Face.Desk, Face.Gateway]),
        ("/openapi", [Face.Public, Face.Desk, Face.Gateway]),
    ];

    private static bool IsUnder(string path, string prefix) => path.Equals(prefix, StringComparison.OrdinalIgnoreCase) || path.StartsWith(prefix + "/", StringComparison.OrdinalIgnoreCase);

    private IEnumerable<int> Ports(Face face) => PortsOf(face switch { Face.Public => Public, Face.Desk => Desk, _ => Gateway } ?? All);

    private static IEnumerable<int> PortsOf(string addresses) =>
        addresses.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(a => BindingAddress.Parse(a).Port);
}
