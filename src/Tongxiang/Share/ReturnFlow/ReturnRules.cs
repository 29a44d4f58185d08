using System.Numerics;
using System.Text.Json.Nodes;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>What a return flow is and what it gives: pure rules.</summary>
public static class ReturnRules
{
    /// <summary>Rule of the term in which a signed return flow is opened; local, since the law names none.</summary>
    public const string Opening = "RETURN-01";

    // The duty of art. 24 has no term; a grant must name a day.
    public static readonly DateOnly Unlimited = new(2099, 12, 31);

    private const string Ground = "《政务数据共享条例》第二十四条：上级部门向下级回流数据";

    /// <summary>Why there can be no return flow from one to the other; null when there can.</summary>
    public static FieldError? Check(Entry entry, Agency provider, Agency receiver, string regionField)
    {
        var (above, below) = (RowBindings.Prefix(provider.Division), RowBindings.Prefix(receiver.Division));
        if (below.Length <= above.Length || !below.StartsWith(above, StringComparison.Ordinal)) return new FieldError("receiver", "share.return.not-below", receiver.Division, provider.Division);
        if (entry.Content.Fields.FirstOrDefault(f => f.Name == regionField) is not { Type: FieldType.Text } field) return new FieldError("regionField", "share.bound.field");
        return WishRules.IsGrantable(Lane.Sharing, entry, field) && Measures.GradeOf(entry, field) != Grade.Core ? null : new FieldError("regionField", "share.bound.field");
    }

    /// <summary>Everything of the entry that may be shared, each field as plain as its grade permits, bound to the receiver's own rows and to nothing else.</summary>
    public static (Wish Wish, Reply Reply) Terms(Entry entry, string regionField, AssuranceSettings floors, string responsible)
    {
        var fields = entry.Content.Fields.Where(f => WishRules.IsGrantable(Lane.Sharing, entry, f) && Measures.GradeOf(entry, f) != Grade.Core).Select(f => Decision(entry, f)).ToList();
        IReadOnlyList<Mode> modes = entry.Content.Sharing.Modes is { Count: > 0 } offered ? offered : [Mode.Api, Mode.Batch, Mode.File];
        var limits = new GrantLimits(null, [], null, null, 60_000);
        var wish = new Wish("《政务数据共享条例》第二十四条", "本行政区域数据回流", "", "本行政区域数据回流", [.. fields.Select(f => f.Name)], "", modes, Unlimited, limits, "", true);
        var floor = AssuranceRules.Floor(AssuranceRules.Of(fields.Select(f => f.Name), entry.Content), floors);
        return (wish, new Reply(true, null, "", fields, "", null, null, false, floor, responsible) { Bound = new RowBinding(regionField, null) });
    }

    /// <summary>The line of a row: the JSON array of its values, null where there is none.</summary>
    public static byte[] Line(IEnumerable<string?> values) => Canonical.Json(new JsonArray([.. values.Select(v => v is null ? null : (JsonNode)JsonValue.Create(v))]));

    /// <summary>Adds a row to the digest; the order of rows does not matter, their number of times does.</summary>
    public static BigInteger Add(BigInteger sum, ReadOnlySpan<byte> line) => (sum + new BigInteger(Sm3.Hash(line), isUnsigned: true, isBigEndian: true)) & Most;

    /// <summary>The digest as it is compared: 64 hexadecimal digits, lower case.</summary>
    public static string Text(BigInteger sum)
    {
        var bytes = new byte[Sm3.Size];
        var own = sum.ToByteArray(isUnsigned: true, isBigEndian: true);
        own.CopyTo(bytes.AsSpan(Sm3.Size - own.Length));
        return Convert.ToHexStringLower(bytes);
    }

    private static BigInteger Most { get; } = (BigInteger.One << 256) - 1;

    private static FieldDecision Decision(Entry entry, Field field)
    {
        var plain = new FieldDecision(field.Name, FieldAnswer.Plain, null);
        if (FieldForms.Check(Lane.Sharing, entry, field, plain) is null) return plain;
        // The duty of the law is the ground for a plainer form, wherever the measure of the grade takes one.
        var excepted = plain with { Exception = Ground };
        return FieldForms.Check(Lane.Sharing, entry, field, excepted) is null ? excepted : new FieldDecision(field.Name, Answer(Measures.Current.Of(entry, field, Audience.Departments).Least), null);
    }

    private static FieldAnswer Answer(FieldForm form) => form switch
    {
        FieldForm.Plain => FieldAnswer.Plain,
        FieldForm.Masked => FieldAnswer.Masked,
        FieldForm.Generalised => FieldAnswer.Generalised,
        FieldForm.Pseudonym => FieldAnswer.Pseudonym,
        FieldForm.Token => FieldAnswer.Token,
        FieldForm.Encrypted => FieldAnswer.Encrypted,
        _ => FieldAnswer.Suppressed,
    };
}
