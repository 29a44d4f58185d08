using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Share;

namespace Tongxiang.Federation;

/// <summary>Whom this node tells, and whom it listens to; section <c>Cascade</c> of the settings.</summary>
public sealed record CascadeSettings
{
    /// <summary>Address of the superior platform; null: bundles are fetched or carried by hand.</summary>
    [Url]
    public string? Superior { get; init; }

    /// <summary>The nodes below whose bundles are taken in.</summary>
    public IReadOnlyList<CascadeSource> Below { get; init; } = [];

    public CascadeSource? Find(string origin) => Below.FirstOrDefault(s => s.Origin == origin);
}

/// <summary>A node below.</summary>
public sealed record CascadeSource
{
    /// <summary>Its <c>Node:LogOrigin</c>.</summary>
    [Required]
    public string Origin { get; init; } = "";

    /// <summary>Its cascade key, 32 bytes, base64; handed over by its operators, never taken from a bundle.</summary>
    [Required]
    public string PublicKey { get; init; } = "";
}

/// <summary>A numbered delta as it travels: verified with the origin's key alone, on any machine.</summary>
/// <param name="Body">Canonical JSON (RFC 8785): form, origin, sequence, previous, entries, grants, uses.</param>
/// <param name="Signature">Ed25519 over the body's UTF-8 bytes, base64.</param>
public sealed record SignedBundle(string Body, string Signature);

/// <summary>What a bundle says.</summary>
/// <param name="Previous">Digest of the bundle before; empty for the first.</param>
public sealed record Bundle(string Form, string Origin, string Division, long Sequence, string Previous, IReadOnlyList<BundleEntry> Entries, IReadOnlyList<BundleGrant> Grants, IReadOnlyList<BundleUse> Uses)
{
    public const string Form1 = "tongxiang-cascade-1";
}

/// <summary>An entry as published, or the end of one.</summary>
/// <param name="Content">Null when it is retired.</param>
public sealed record BundleEntry(string Entry, string Code, string Name, EntryState State, long Revision, EntryContent? Content);

/// <summary>A right of use without anything personal: neither names of people nor row filters, purposes or cases.</summary>
/// <param name="Provider">Unified social credit code.</param>
/// <param name="Consumer">Credit code of the agency; <c>person</c> when a citizen holds it.</param>
/// <param name="From">Unix milliseconds.</param>
public sealed record BundleGrant(string Number, string Entry, string Provider, string Consumer, IReadOnlyList<Mode> Modes, IReadOnlyList<string> Fields, long From, long Until, GrantState State);

/// <summary>Use of a resource on a day.</summary>
public sealed record BundleUse(string Entry, DateOnly Day, long Calls, long Rows);

/// <summary>Reads and writes bundles; pure.</summary>
public static class BundleForm
{
    public static string Write(Bundle bundle) => Encoding.UTF8.GetString(Canonical.Json(JsonSerializer.SerializeToNode(bundle, Wire.Json)));

    public static string Digest(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    /// <summary>The bundle of a body; null when it is none, or is written in another than the canonical form.</summary>
    public static Bundle? Read(string body)
    {
        try
        {
            var node = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 32 });
            if (Encoding.UTF8.GetString(Canonical.Json(node)) != body) return null;
            return JsonSerializer.Deserialize<Bundle>(body, Wire.Json) is { Form: Bundle.Form1, Sequence: > 0 } read ? read : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Only the bureau of the node's own division or one above it: a bundle speaks of all departments, also of those that other bureaus on the node are in charge of.</summary>
    public static bool MayHandle(Caller caller, Agencies.Directory directory, NodeSettings node) =>
        caller is { Person: not null, IsBureau: true, Agency: { } agency } && directory.Find(agency) is { } own && SourceSegment.Covers(own.Division, node.Division) && (caller.Has(Role.BureauReviewer) || caller.Has(Role.BureauHead));
}
