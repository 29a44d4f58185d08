using System.Globalization;

namespace Tongxiang.Portal.Bureau.Operation;

/// <summary>Yuan as people write them, fen as the parts keep them.</summary>
static class Money
{
    /// <summary>The amount in fen; null when it is no amount or has more than two places.</summary>
    public static long? Fen(string text) =>
        decimal.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var yuan) && yuan is >= 0 and < 1_000_000_000_000 && decimal.Round(yuan, 2) == yuan
            ? (long)(yuan * 100) : null;

    public static string Yuan(long fen) => (fen / 100m).ToString("N2", CultureInfo.InvariantCulture);
}
