using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Feedback;

/// <summary>What a use of the data must be like to be proposed, and who takes which step.</summary>
public static class ShowcaseRules
{
    public const int TitleMost = 60;
    public const int SummaryMost = 200;
    public const int AddressMost = 500;
    public const int DatasetsMost = 10;
    public const int ReasonMost = 500;
    private const int titleLeast = 2;
    private const int least = 5;

    // Names that only mean something inside somebody's own network: a reader who follows them ends at the reader's own devices.
    private static readonly string[] localNames = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "invalid", "test", "onion"];

    public static IReadOnlyList<FieldError> Check(NewShowcase said)
    {
        var found = new List<FieldError>();
        Line("title", said.Title, titleLeast, TitleMost, found);
        if (said.Kind is not { } kind || !Enum.IsDefined(kind)) found.Add(new FieldError("kind", "feedback.field.use-kind"));
        Line("summary", said.Summary, least, SummaryMost, found);
        if (Link(said.Address) is null) found.Add(new FieldError("address", "feedback.field.address", AddressMost));
        if (said.Datasets.Distinct().Count() is < 1 or > DatasetsMost) found.Add(new FieldError("datasets", "feedback.field.datasets", DatasetsMost));
        if (said.Contact.Length > 0 && !ReportRules.IsAddress(said.Contact)) found.Add(new FieldError("contact", "feedback.field.contact", ReportRules.ContactMost));
        return found;
    }

    public static IReadOnlyList<FieldError> CheckReason(string reason)
    {
        var found = new List<FieldError>();
        Line("reason", reason, least, ReasonMost, found);
        return found;
    }

    /// <summary>The address as it may be linked; null for what a page must not lead its readers to.</summary>
    public static string? Link(string address)
    {
        if (address.Length is 0 or > AddressMost || address.Any(c => char.IsWhiteSpace(c) || c is '\\' or '<' or '>' or '"' or '\'' or '`') || !IsPlain(address)) return null;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)) return null;
        // A name before the host makes the address look like another one: https://gov.cn@evil.example.
        if (uri.UserInfo.Length > 0 || !address.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase) || !IsOutside(uri)) return null;
        return uri.AbsoluteUri.Length <= AddressMost * 3 ? uri.AbsoluteUri : null;
    }

    /// <summary>Whether the caller may take the use to that state; null when so.</summary>
    public static Refusal? Step(Caller caller, Showcase use, ShowcaseState to)
    {
        var mine = caller.Person == use.Proposer;
        if (!mine && !caller.IsBureau) return Refusal.NotFound(use.Id.ToString());
        var known = (use.State, to) is (ShowcaseState.Proposed, _) or (ShowcaseState.Shown, ShowcaseState.Withdrawn) && to != ShowcaseState.Proposed;
        if (!known) return Refusal.Conflict("feedback.use-step");
        if (to == ShowcaseState.Withdrawn) return mine || (IsReviewer(caller) && use.State == ShowcaseState.Shown) ? null : Refusal.Forbidden("feedback.use-reviewer");
        if (!IsReviewer(caller)) return Refusal.Forbidden("feedback.use-reviewer");
        return mine ? Refusal.Forbidden("feedback.use-own") : null;
    }

    public static bool IsReviewer(Caller caller) => caller.Person is not null && caller.IsBureau && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));

    private static void Line(string field, string text, int fewest, int most, List<FieldError> found)
    {
        var name = new TextKey("feedback.name." + field);
        if (text.Trim().Length < fewest) found.Add(new FieldError(field, "feedback.field.short", name, fewest));
        else if (text.Length > most) found.Add(new FieldError(field, "feedback.field.long", name, most, text.Length));
        else if (!IsPlain(text)) found.Add(new FieldError(field, "feedback.field.control", name));
        else if (ReportRules.HoldsCitizenId(text)) found.Add(new FieldError(field, "feedback.field.citizen-id", name));
    }

    // Format characters too: some of them turn the order of what is read around.
    private static bool IsPlain(string text) => text.EnumerateRunes().All(r =>
        Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse)
        && r != Rune.ReplacementChar);

    private static bool IsOutside(Uri uri)
    {
        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host.Trim('[', ']'), out var ip)) return IsOutside(ip);
        var labels = host.Split('.');
        // A last label of digits is a number form of an address that only browsers read (0x7f.1).
        return labels.Length > 1 && labels.All(l => l.Length > 0) && !char.IsAsciiDigit(labels[^1][0]) && !localNames.Contains(labels[^1], StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsOutside(IPAddress ip)
    {
        if (ip.IsIPv4MappedToIPv6) ip = ip.MapToIPv4();
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
            return !(IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6SiteLocal || ip.IsIPv6Multicast || ip.Equals(IPAddress.IPv6Any));
        var b = ip.GetAddressBytes();
        return (b[0], b[1]) is not ((0 or 10 or 127 or >= 224, _) or (100, >= 64 and <= 127) or (169, 254) or (172, >= 16 and <= 31) or (192, 168));
    }
}
