namespace Tongxiang.Portal;

/// <summary>What an operator says about his site: its name, its host, its record numbers. Section <c>Portal</c> of the settings.</summary>
public sealed record PortalSettings
{
    /// <summary>Name of the site; empty: the node's.</summary>
    public string NameZh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string HostZh { get; init; } = "";
    public string HostEn { get; init; } = "";
    /// <summary>Filing number of the site (ICP), printed in the footer when given.</summary>
    public string Record { get; init; } = "";
    /// <summary>A sentence shown above every page, for example that a site is a demonstration.</summary>
    public string BannerZh { get; init; } = "";
    public string BannerEn { get; init; } = "";
    /// <summary>Where requests for government information (政府信息公开) are taken: linked, never mixed in.</summary>
    public string InformationRequestUrl { get; init; } = "";
    /// <summary>Shows the gallery of the kit at <c>/kit</c>.</summary>
    public bool Gallery { get; init; }
}
