using System.Text;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Kernel;

/// <summary>Files of private keys as text, sealed under the node key: whoever copies them without it, or without the device that holds it, has nothing.</summary>
public static class KeyFile
{
    private const string Mark = "SEALED ";

    /// <summary>The text; null when there is no such file. One that an earlier release left in clear is sealed by the way.</summary>
    public static string? Read(string path, NodeKey key)
    {
        if (!File.Exists(path)) return null;
        var text = File.ReadAllText(path).Trim();
        if (text.StartsWith(Mark, StringComparison.Ordinal)) return Encoding.UTF8.GetString(key.Unwrap(Convert.FromBase64String(text[Mark.Length..]), Context(path)));
        Write(path, text, key);
        return text;
    }

    public static void Write(string path, string text, NodeKey key) =>
        Durable.Replace(path, Encoding.ASCII.GetBytes(Mark + Convert.ToBase64String(key.Wrap(Encoding.UTF8.GetBytes(text), Context(path))) + "\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

    private static string Context(string path) => "key file:" + Path.GetFileName(path);
}
