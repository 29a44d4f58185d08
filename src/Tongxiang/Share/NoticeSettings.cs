using System.ComponentModel.DataAnnotations;

namespace Tongxiang.Share;

/// <summary>How notices leave the node; section <c>Notices</c>. Without an SMTP host nothing is mailed and the list in the desk is all there is.</summary>
public sealed record NoticeSettings
{
    public string? SmtpHost { get; init; }

    [Range(1, 65535)]
    public int SmtpPort { get; init; } = 587;

    public string? SmtpUser { get; init; }

    public string? SmtpPassword { get; init; }

    /// <summary>Whether the connection must be encrypted; off only for a relay on the same machine.</summary>
    public bool SmtpTls { get; init; } = true;

    public string From { get; init; } = "notices@tongxiang.example";

    /// <summary>Private hosts that webhooks may reach, e.g. <c>hooks.police.intranet</c>; all other private, loopback and link-local addresses are refused.</summary>
    public IReadOnlyList<string> AllowedPrivateHosts { get; init; } = [];

    /// <summary>Whether webhooks without TLS are allowed: only inside a closed network.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Sendings that failed so often are dead and shown to the administrator.</summary>
    [Range(1, 50)]
    public int MostAttempts { get; init; } = 10;
}
