using System.Net.Sockets;
using System.Text;

namespace Tongxiang.Tests.Gateway;

/// <summary>A request byte by byte, for what no honest client would send.</summary>
internal static class RawCall
{
    public static async Task<(int Status, string Text)> Send(Uri address, string request, Encoding? encoding = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync((encoding ?? Encoding.UTF8).GetBytes(request));
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var text = await reader.ReadToEndAsync();
        return (int.Parse(text.Split(' ')[1]), text);
    }

    public static Task<(int Status, string Text)> Get(Uri address, string path, params string[] headers) =>
        Send(address, $"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n");
}
