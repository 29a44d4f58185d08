using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Tongxiang.Protect;

namespace Tongxiang.Share;

/// <summary>Whether a grant can be used.</summary>
public enum GrantState { Active, Suspended, Ended }

/// <summary>How sure the gateway must be of who calls; a grant names the lowest it takes. Kept by name: the numbers only order them, and leave room between.</summary>
public enum Assurance
{
    /// <summary>Something that whoever copies it can send: a token fetched at the desk, a session, a key in a header.</summary>
    Key = 0,

    /// <summary>The signature of an older platform: it proves a shared secret and a moment, and leaves query and body open to whoever stands between.</summary>
    LegacySignature = 10,

    /// <summary>A token that the system got by signing with its own key; for its ten minutes it is good in any hand.</summary>
    SignedAssertion = 20,

    /// <summary>A token that counts only together with the key or certificate it is bound to, proved at each call (DPoP, mutual TLS).</summary>
    BoundToken = 30,
}

/// <summary>One granted field and the form it leaves in.</summary>
public sealed record GrantedField(string Name, FieldForm Form)
{
    /// <summary>Parameter of the form (<see cref="Forms.Details"/>); null when it has none.</summary>
    public string? Detail { get; init; }

    /// <summary>Why the field leaves plainer than the measure of its grade; null when it does not.</summary>
    public FieldException? Exception { get; init; }

    /// <summary>The form as the part that protects reads it.</summary>
    public GivenForm Given() => new(Form, Detail, Exception?.UpTo);
}

/// <summary>A ground for a plainer form, given by the provider's head when signing.</summary>
/// <param name="UpTo">The grade it was given for: when the field is graded higher later, the ground no longer holds.</param>
public sealed record FieldException(Grade UpTo, string Ground);

/// <summary>Declared limits: what is normal for this grant; outside it the gateway refuses.</summary>
/// <param name="Hours">Allowed hours of the day in Asia/Shanghai, as from (inclusive) and to (exclusive); null: any.</param>
/// <param name="Networks">Allowed CIDR blocks; empty: any.</param>
/// <param name="CallsPerDay">Largest number of calls a civil day; null: the node's default.</param>
/// <param name="RowsPerDay">Largest number of rows a civil day; null: the node's default.</param>
public sealed record GrantLimits(HourRange? Hours, IReadOnlyList<string> Networks, long? CallsPerDay, long? RowsPerDay, int CallsPerMinute);

/// <summary>Hours of the day, <paramref name="From"/> inclusive to <paramref name="To"/> exclusive.</summary>
public sealed record HourRange(int From, int To);

/// <summary>A right of use (使用权限): ownership does not move; scope, purpose and term are on record and signed with the node's grant key.</summary>
/// <param name="Number">Readable number, e.g. <c>SQ20261123-0007</c>.</param>
/// <param name="ConsumerAgency">The department or company that may use it; null when a citizen may.</param>
/// <param name="ConsumerPerson">The citizen who may use it.</param>
/// <param name="Rows">Row filter in the query language of <c>/data</c>, e.g. <c>division=like.2901*</c>; empty: all rows.</param>
/// <param name="Matter">The matter (事项) it is for; a call outside it is refused.</param>
/// <param name="NeedsCase">Whether each call must carry operator and case number (personal data).</param>
/// <param name="Record">The canonical JSON that was signed.</param>
/// <param name="Signature">Ed25519 over <paramref name="Record"/>, base64.</param>
public sealed record Grant(
    Id<Grant> Id, string Number, Id<Entry> Entry, Id<Agency> Provider, Id<Agency>? ConsumerAgency, Id<Person>? ConsumerPerson, IReadOnlyList<GrantedField> Fields, string Rows,
    string Purpose, string Matter, bool NeedsCase, IReadOnlyList<Mode> Modes, GrantLimits Limits, Assurance LowestAssurance,
    DateTimeOffset From, DateTimeOffset Until, string ProviderResponsible, string ConsumerResponsible, GrantState State, Id<Application>? Application,
    string Record, string Signature, DateTimeOffset IssuedAt)
{
    /// <summary>The first real delivery under it; null while none took place.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>Number of the emergency that switched it on; null for every other grant.</summary>
    public string? Emergency { get; init; }

    /// <summary>Number of the return flow it carries (Order 809 art. 24); null for every other grant.</summary>
    public string? ReturnFlow { get; init; }

    /// <summary>Uses and receivers beyond its own that the provider's head agreed to (Order 809 art. 25).</summary>
    public IReadOnlyList<OnwardRight> Onward { get; init; } = [];

    /// <summary>Whether a call for this matter is within it: its own matter, or one it was widened to.</summary>
    public bool Serves(string matter, DateTimeOffset at) => matter == Matter || Onward.Any(o => o.Kind == OnwardKind.WiderUse && o.Matter == matter && at < o.Until);

    /// <summary>Why it is suspended or ended.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether a caller of the consumer's side may use it: its systems with tokens of their own, and of its people those whose work it is – never whoever just signs in there.</summary>
    public bool IsUsableBy(Caller caller) =>
        // Order 809 art. 25 holds the consumer to its duties: who may apply for data may use them; administrators, auditors and reviewers do neither.
        caller.Client is not null || (ConsumerPerson is { } own && own == caller.Person) || (ConsumerAgency is { } agency && agency == caller.Agency
            && !RoleRules.ReadsNoContent(caller.Roles) && (caller.IsGovernment ? caller.Has(Role.Operative) || caller.Has(Role.Steward) || caller.Has(Role.SharingOfficeHead) : caller.Has(Role.CompanyUser)));

    /// <summary>Whether a call may use it now.</summary>
    public bool IsUsable(DateTimeOffset at) => State == GrantState.Active && From <= at && at < Until;
}
