using System.Collections.Frozen;
using System.Globalization;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>Names of articles and rules that the sharing lane rests on. The opening lane names none of Order 809.</summary>
public static class Law
{
    /// <summary>Reply to an application for unconditionally shared data.</summary>
    public const string ReplyUnconditional = "DL-03";

    /// <summary>Reply to an application for conditionally shared data.</summary>
    public const string ReplyConditional = "DL-04";

    /// <summary>From the consenting reply to the first real delivery.</summary>
    public const string Delivery = "DL-05";

    /// <summary>Reply to an application for conditionally open data: a local rule.</summary>
    public const string OpeningReply = "OPEN-01";

    /// <summary>From the consenting reply to the first delivery of conditionally open data: a local rule.</summary>
    public const string OpeningDelivery = "OPEN-02";

    private static readonly FrozenDictionary<string, int> Articles = Enumerable.Range(1, 44).ToFrozenDictionary(Order809);

    /// <summary>An article as it stands on record, named in the reader's language.</summary>
    public static string Named(string article, string language) =>
        language == Texts.English && Articles.TryGetValue(article, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $"Regulation on Sharing Government Data (State Council Order 809) art. {number}")
            : article;

    /// <summary>An article of the regulation on sharing government data (State Council Order 809).</summary>
    public static string Order809(int article) => string.Create(CultureInfo.InvariantCulture, $"《政务数据共享条例》（国务院令第809号）第{Chinese(article)}条");

    private static string Chinese(int number)
    {
        const string digits = "零一二三四五六七八九";
        var (tens, ones) = (number / 10, number % 10);
        return (tens > 1 ? digits[tens].ToString() : "") + (tens > 0 ? "十" : "") + (ones > 0 ? digits[ones].ToString() : "");
    }
}
