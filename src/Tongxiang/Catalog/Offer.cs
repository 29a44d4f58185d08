using System.Security.Cryptography;
using System.Text;

namespace Tongxiang.Catalog;

/// <summary>One form in which a resource can be had: what CKAN calls a resource and DCAT a distribution.</summary>
/// <param name="Id">Stable for the entry and the format.</param>
/// <param name="DownloadUrl">The whole file; null where the form is only answered by the data API.</param>
public sealed record Offer(Guid Id, Term Format, string AccessUrl, string? DownloadUrl, long? Bytes)
{
    public string Url => DownloadUrl ?? AccessUrl;
}

/// <summary>A published entry with what the faces for machines say about it.</summary>
public sealed record Listing(Entry Entry, Agencies.Agency? Provider, DataFacts? Data)
{
    public EntryContent Content => Entry.Content;

    /// <summary>When it last changed: data or description.</summary>
    public DateTimeOffset ModifiedAt => Data?.PromotedAt is { } promoted && promoted > DescribedAt ? promoted : DescribedAt;

    public DateTimeOffset IssuedAt => Entry.PublishedAt ?? Entry.CreatedAt;

    private DateTimeOffset DescribedAt => Entry.InForceAt ?? Entry.CreatedAt;

    public IReadOnlyList<Offer> Offers(Links links) =>
    [
        .. Content.Formats.Select(key => Themes.Formats.Find(key)).OfType<Term>().Select(format =>
            new Offer(IdOf(format.Key), format, links.Data(Entry.Slug), format.Key is "json" or "geojson" ? null : links.Download(Entry.Slug, format.Key), format.Key == "parquet" ? Data?.Bytes : null)),
    ];

    // RFC 9562 version 8: made from the entry and the format, so it is the same on every copy and after every start.
    private Guid IdOf(string format)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{Entry.Id}/{format}")).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
