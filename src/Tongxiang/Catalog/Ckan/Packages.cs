using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Kernel;

namespace Tongxiang.Catalog.Ckan;

/// <summary>Entries, agencies and themes in the shapes of CKAN's action API.</summary>
internal static class Packages
{
    public static JsonObject Package(Listing listing, Links links)
    {
        var (e, c) = (listing.Entry, listing.Content);
        var offers = listing.Offers(links);
        return new JsonObject
        {
            ["id"] = e.Id.ToString(),
            ["name"] = e.Slug,
            ["title"] = c.Name,
            ["notes"] = c.Abstract,
            ["url"] = links.Dataset(e.Slug),
            ["type"] = "dataset",
            ["state"] = "active",
            ["private"] = false,
            ["isopen"] = c.Opening.Class == OpenClass.Open,
            ["version"] = listing.Data?.Version.ToString(CultureInfo.InvariantCulture),
            ["author"] = listing.Provider?.Name,
            ["author_email"] = null,
            ["maintainer"] = listing.Provider?.Name,
            ["maintainer_email"] = NullIfEmpty(c.ContactEmail),
            ["license_id"] = c.Licence,
            ["license_title"] = Themes.Licences.NameOf(c.Licence, Texts.Chinese),
            ["license_url"] = links.Licence(c.Licence),
            ["metadata_created"] = Time(listing.IssuedAt),
            ["metadata_modified"] = Time(listing.ModifiedAt),
            ["creator_user_id"] = null,
            ["owner_org"] = e.Agency.ToString(),
            ["organization"] = listing.Provider is { } provider ? OrganizationCore(provider) : null,
            ["num_resources"] = offers.Count,
            ["num_tags"] = c.Keywords.Count,
            ["resources"] = new JsonArray([.. offers.Select((offer, i) => Resource(listing, offer, i))]),
            ["tags"] = new JsonArray([.. c.Keywords.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Tag)]),
            ["groups"] = Themes.All.Find(c.Theme) is { } theme ? new JsonArray(Group(theme)) : [],
            ["extras"] = Extras(listing),
            ["relationships_as_subject"] = new JsonArray(),
            ["relationships_as_object"] = new JsonArray(),
        };
    }

    public static JsonObject Resource(Listing listing, Offer offer, int position) => new()
    {
        ["id"] = offer.Id.ToString(),
        ["package_id"] = listing.Entry.Id.ToString(),
        ["name"] = $"{listing.Content.Name} ({offer.Format.NameEn})",
        ["description"] = listing.Content.Opening.Class == OpenClass.Open ? "" : listing.Content.Opening.Conditions,
        ["format"] = offer.Format.NameEn,
        ["mimetype"] = offer.Format.Note,
        ["mimetype_inner"] = null,
        ["url"] = offer.Url,
        ["url_type"] = null,
        ["resource_type"] = null,
        ["size"] = offer.Bytes,
        ["hash"] = "",
        ["created"] = Time(listing.IssuedAt),
        ["last_modified"] = listing.Data is { } data ? Time(data.PromotedAt) : null,
        ["metadata_modified"] = Time(listing.ModifiedAt),
        ["cache_url"] = null,
        ["cache_last_updated"] = null,
        ["datastore_active"] = false,
        ["position"] = position,
        ["state"] = "active",
    };

    public static JsonObject Organization(Agency agency, int count)
    {
        var organization = OrganizationCore(agency);
        organization["display_name"] = agency.Name;
        organization["package_count"] = count;
        organization["num_followers"] = 0;
        organization["extras"] = new JsonArray(Extra("division", agency.Division), Extra("name_en", agency.NameEn));
        organization["groups"] = new JsonArray();
        organization["tags"] = new JsonArray();
        organization["users"] = new JsonArray();
        return organization;
    }

    public static JsonObject Group(Term theme) => new()
    {
        ["id"] = theme.Key,
        ["name"] = theme.Key,
        ["title"] = theme.Name,
        ["display_name"] = theme.Name,
        ["description"] = theme.NameEn,
        ["image_display_url"] = "",
    };

    public static JsonNode Tag(string tag)
    {
        return new JsonObject { ["id"] = TagId(tag), ["name"] = tag, ["display_name"] = tag, ["state"] = "active", ["vocabulary_id"] = null };
    }

    /// <summary>CKAN writes UTC without an offset and with six decimals.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static string TagId(string tag) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("tag/" + tag)).AsSpan(0, 16), bigEndian: true).ToString();

    private static JsonObject OrganizationCore(Agency agency) => new()
    {
        ["id"] = agency.Id.ToString(),
        ["name"] = agency.Slug,
        ["title"] = agency.Name,
        ["type"] = "organization",
        ["description"] = agency.NameEn,
        ["image_url"] = "",
        ["image_display_url"] = "",
        ["is_organization"] = true,
        ["approval_status"] = "approved",
        ["state"] = "active",
    };

    private static JsonArray Extras(Listing listing)
    {
        var (e, c) = (listing.Entry, listing.Content);
        var extras = new JsonArray(
            Extra("code", e.Code), Extra("title_en", c.NameEn ?? ""), Extra("notes_en", c.AbstractEn ?? ""), Extra("share_class", c.Sharing.Class.ToString()), Extra("open_class", c.Opening.Class.ToString()),
            Extra("update_frequency", c.UpdatePromise.ToString()), Extra("region", c.Region), Extra("industry", c.Industry), Extra("contact_phone", c.ContactPhone));
        if (listing.Data is { } data) extras.Add((JsonNode)Extra("rows", data.Rows.ToString(CultureInfo.InvariantCulture)));
        return extras;
    }

    private static JsonObject Extra(string key, string value) => new() { ["key"] = key, ["value"] = value };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
