using System.Globalization;
using System.Text.RegularExpressions;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;

namespace Tongxiang.Portal.Public;

/// <summary>One thing that was checked of a receipt; <paramref name="Name"/> completes the text key <c>verify.check-…</c>.</summary>
public sealed record Checked(string Name, bool Passed, params object?[] Args);

/// <summary>What checking a receipt against the log gave: every step with its outcome, and the proof for whoever wants to check it himself.</summary>
public sealed partial record ReceiptCheck(long Index, string Leaf, IReadOnlyList<Checked> Checks, string? Proof, long Size, string Root)
{
    public bool Holds => Checks.All(c => c.Passed);

    /// <summary>Checks a receipt as it came in the header; the second value is the text key of what is wrong with it.</summary>
    public static async Task<(ReceiptCheck?, string?)> OfReceipt(EvidenceLog log, string text, CancellationToken ct)
    {
        if (Form().Match(text) is not { Success: true } m || !long.TryParse(m.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return (null, "verify.bad-receipt");
        return Digest.TryParse(m.Groups["leaf"].Value, out var leaf) ? (await Of(log, index, leaf, m.Groups["origin"].Value, ct), null) : (null, "verify.bad-leaf");
    }

    /// <summary>Checks the evidence of a business change by its id.</summary>
    public static async Task<(ReceiptCheck?, string?)> OfId(EvidenceLog log, string id, CancellationToken ct)
    {
        if (await log.Of(id, ct) is { } receipt)
            return (await Of(log, receipt.Index, new Digest(receipt.Leaf), receipt.Origin, ct), null);
        return (null, await log.IsWaiting(id, ct) ? "verify.waiting" : "verify.unknown-id");
    }

    static async Task<ReceiptCheck> Of(EvidenceLog log, long index, Digest leaf, string origin, CancellationToken ct)
    {
        if (await log.Prove(index, ct) is not { } found)
            return new ReceiptCheck(index, leaf.ToString(), [new Checked("there", false, index)], null, 0, "");
        var (proof, keys) = found;
        var checks = new List<Checked> { new("there", true, index) };
        try
        {
            var checkpoint = proof.Verify(TreeHash.Sha256, leaf, origin, keys);
            checks.Add(new("included", true, checkpoint.Size));
            checks.Add(new("signed", true, checkpoint.Origin));
            return new ReceiptCheck(index, leaf.ToString(), checks, proof.ToString(), checkpoint.Size, checkpoint.Root.ToString());
        }
        catch (InvalidDataException)
        {
            // Which step failed is not told apart by the exception; for the reader it is one fact: receipt and log disagree.
            checks.Add(new("included", false, 0));
            return new ReceiptCheck(index, leaf.ToString(), checks, null, 0, "");
        }
    }

    [GeneratedRegex("""^\s*(?:Evidence-Receipt:\s*)?origin="(?<origin>[^"]{1,200})",\s*index=(?<index>[0-9]{1,18}),\s*leaf="(?<leaf>[A-Za-z0-9+/=]{44})"\s*$""", RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
