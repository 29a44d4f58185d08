using System.Net;
using System.Net.Sockets;

namespace Tongxiang.Share;

/// <summary>Keeps the node from being sent into its own network: only public addresses are connected to, whatever a name resolves to.</summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return !Closed.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address));
    }

    /// <summary>A handler that checks the very address it connects to (a second lookup could give another), follows no redirect and uses no proxy.</summary>
    /// <param name="resolve">Finds the addresses of a name; the system's resolver when not given.</param>
    public static SocketsHttpHandler Handler(IReadOnlyCollection<string> allowedPrivateHosts, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxResponseHeadersLength = 16,
        ConnectCallback = (context, ct) => Connect(context.DnsEndPoint, allowedPrivateHosts, resolve ?? Dns.GetHostAddressesAsync, ct),
    };

    private static async ValueTask<Stream> Connect(DnsEndPoint to, IReadOnlyCollection<string> allowed, Func<string, CancellationToken, Task<IPAddress[]>> resolve, CancellationToken ct)
    {
        var addresses = await resolve(to.Host, ct);
        var isAllowed = allowed.Contains(to.Host, StringComparer.OrdinalIgnoreCase);
        var good = addresses.Where(a => isAllowed || IsPublic(a)).ToArray();
        if (good.Length == 0) throw new HttpRequestException($"{to.Host} has no public address; allow the host in Notices:AllowedPrivateHosts if it is meant.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(good, to.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
