using System.Buffers;
using System.Text;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

internal static class Cells
{
    /// <summary>What an operator makes of a text.</summary>
    public static string Run(this CellOperator cell, string text) => Run(cell, Encoding.UTF8.GetBytes(text));

    public static string Run(this CellOperator cell, ReadOnlySpan<byte> utf8)
    {
        var to = new ArrayBufferWriter<byte>();
        cell(utf8, to);
        return Encoding.UTF8.GetString(to.WrittenSpan);
    }
}
