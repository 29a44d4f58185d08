using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Rights of use: issued by a signed consent, suspended, resumed and ended with their application, kept in memory for the gateway.</summary>
public sealed partial class Grants(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, GrantKey key, NodeSettings settings, ILogger<Grants> log) : IDisposable
{
    private readonly SemaphoreSlim following = new(1, 1);
    private volatile ActiveGrants active = ActiveGrants.Empty;

    /// <summary>What the gateway decides by; a change is in it within a second on every copy, at once on the copy that made it.</summary>
    public ActiveGrants Active => active;

    /// <summary>Public half of the key that signs grants, 32 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey => key.PublicKey;

    /// <summary>Whether the record is signed by this node and says what the grant's columns say.</summary>
    public bool IsGenuine(Grant grant) => key.Verify(grant.Record, grant.Signature) && GrantRecord.Says(grant);

    /// <summary>The grant, if the caller is a party, or the bureau in charge.</summary>
    public async Task<Grant?> Find(Caller caller, Id<Grant> id, CancellationToken ct) =>
        await Load(id, ct) is { } grant && MaySee(caller, grant) ? grant : null;

    /// <summary>The caller's own rights of use, newest first.</summary>
    public Task<IReadOnlyList<Grant>> Held(Caller caller, CancellationToken ct) => caller switch
    {
        { Agency: { } agency } => db.List($"select {Columns} from share_grant where consumer_agency = {agency} order by issued_at desc limit 1000", Read, ct),
        { Person: { } person } => db.List($"select {Columns} from share_grant where consumer_person = {person} order by issued_at desc limit 1000", Read, ct),
        _ => Task.FromResult<IReadOnlyList<Grant>>([]),
    };

    /// <summary>Rights the caller's agency gave on its data, newest first.</summary>
    public Task<IReadOnlyList<Grant>> Given(Caller caller, CancellationToken ct) => caller.Agency is { } agency
        ? db.List($"select {Columns} from share_grant where provider = {agency} order by issued_at desc limit 1000", Read, ct)
        : Task.FromResult<IReadOnlyList<Grant>>([]);

    public async Task<Grant?> Load(Id<Grant> id, CancellationToken ct) => await db.One($"select {Columns} from share_grant where id = {id}", Read, ct);

    /// <summary>Takes in what changed since the last time; called after each own commit and every half second.</summary>
    public async Task Follow(CancellationToken ct)
    {
        await following.WaitAsync(ct);
        try
        {
            while (await Step(ct))
            {
                // Until the feed has nothing new.
            }
        }
        finally
        {
            following.Release();
        }
    }

    public void Dispose() => following.Dispose();

    internal async Task<Grant> Issue(Tx tx, Application application, Entry entry, string ownSignOff, string providerSignOff, Caller signer, DateTimeOffset at, GrantOrigin? origin = null)
    {
        var reply = application.Reply!;
        var number = await Applications.Number(tx, "SQ", at);
        var given = ReplyRules.Given(reply, application.Lane, entry);
        var consumer = application.ApplicantAgency is { } agency ? directory.Find(agency) : null;
        var bound = RowBindings.Filter(reply.Bound, consumer?.Division ?? "", application.Wish.Matter);
        var personal = entry.Content.Fields.Where(f => f.IsPersonal).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var draft = new Grant(
            Id<Grant>.New(clock), number, entry.Id, application.Provider, application.ApplicantAgency,
            application.ApplicantAgency is null ? application.Applicant : null, given, RowFilter.Both(RowFilter.Both(application.Wish.Rows, reply.Rows), bound), application.Wish.Purpose, application.Wish.Matter,
            // Personal data go out only to a named operator working on a named case (architecture §6).
            reply.NeedsCase || given.Any(f => personal.Contains(f.Name)), application.Wish.Modes, ReplyRules.Stricter(application.Wish.Limits, reply.Limits), reply.LowestAssurance,
            at, WorkCalendar.EndOf(reply.Until ?? application.Wish.Until).AddMilliseconds(1), reply.ProviderResponsible, directory.Person(application.Applicant)?.Name ?? signer.Name,
            GrantState.Active, application.Id, "", "", at)
        {
            Emergency = origin?.Emergency,
            ReturnFlow = origin?.ReturnFlow,
        };
        var record = GrantRecord.Write(draft, application, entry, directory.Find(application.Provider)!, consumer, ownSignOff, providerSignOff, settings.LogOrigin);
        var grant = draft with { Record = record, Signature = key.Sign(record) };
        await Insert(tx, grant);
        await Witness(tx, "share.granted", grant, signer, at, null);
        foreach (var field in grant.Fields.Where(f => f.Exception is not null)) await Witness(tx, "share.protection-excepted", grant, signer, at, $"{field.Name}\n{field.Exception!.UpTo}\n{field.Exception.Ground}");
        await Changes.Record(tx, "grant", grant.Id.ToString(), at);
        return grant;
    }

    internal async Task Change(Tx tx, Id<Grant> id, GrantState state, string reason, Caller caller, DateTimeOffset at)
    {
        await tx.Run($"update share_grant set state = {state}, reason = {reason}, changed_at = {at} where id = {id}");
        var grant = await tx.One($"select {Columns} from share_grant where id = {id}", Read);
        await Witness(tx, $"share.grant-{state.ToString().ToLowerInvariant()}", grant!, caller, at, reason);
        await Changes.Record(tx, "grant", id.ToString(), at);
    }

    /// <summary>Adds to a grant what the provider's head agreed to beyond it; the terms are signed anew.</summary>
    internal async Task Widen(Tx tx, Id<Grant> id, OnwardRight right, Caller caller, DateTimeOffset at)
    {
        var before = (await tx.One($"select {Columns} from share_grant where id = {id}", Read))!;
        // What stands in the store and was never signed gets no signature by this.
        if (!IsGenuine(before)) throw new Abandoned(Refusal.Conflict("share.grant-not-genuine", before.Number));
        var wider = before with { Onward = [.. before.Onward, right] };
        var record = GrantRecord.Amend(wider);
        await tx.Run($"update share_grant set onward = {Json(wider.Onward)}, record = {record}, signature = {key.Sign(record)}, changed_at = {at} where id = {id}");
        await Witness(tx, "share.grant-widened", wider with { Record = record }, caller, at, right.Number);
        await Changes.Record(tx, "grant", id.ToString(), at);
    }

    internal static async Task MarkDelivered(Tx tx, Id<Grant> id, DateTimeOffset at)
    {
        await tx.Run($"update share_grant set delivered_at = {at}, changed_at = {at} where id = {id} and delivered_at is null");
        await Changes.Record(tx, "grant", id.ToString(), at);
    }

    /// <summary>Applications whose right of use has run out and is not ended yet.</summary>
    internal Task<IReadOnlyList<Id<Application>>> Expired(DateTimeOffset now, CancellationToken ct) =>
        db.List($"select application from share_grant where state <> {GrantState.Ended} and until_at <= {now} and application is not null order by until_at limit 200", r => r.Id<Application>(0), ct);

    private async Task<bool> Step(CancellationToken ct)
    {
        const int batch = 500;
        var seen = active.Seen;
        var changes = await db.List(
            $"select number, kind, subject from share_change where number > {seen} order by number limit {batch}", r => (Number: r.GetInt64(0), Kind: r.GetString(1), Subject: r.GetString(2)), ct);
        if (changes.Count == 0) return false;
        var ids = changes.Where(c => c.Kind == "grant").Select(c => c.Subject).Distinct().ToList();
        var loaded = ids.Count == 0 ? [] : await db.List($"select {Columns} from share_grant where id in {ids}", Read, ct);
        var genuine = loaded.Where(IsGenuine).ToList();
        foreach (var forged in loaded.Except(genuine)) Forged(log, forged.Number);
        active = active.Without([.. loaded.Except(genuine).Select(g => g.Id)]).With(genuine, changes[^1].Number);
        return changes.Count == batch;
    }

    private bool MaySee(Caller caller, Grant grant)
    {
        if (caller == Caller.Platform || (caller.Person is { } person && person == grant.ConsumerPerson)) return true;
        if (caller.Agency is not { } agency) return false;
        return agency == grant.ConsumerAgency || agency == grant.Provider || (caller.IsBureau && directory.Find(grant.Provider)?.Bureau == agency);
    }

    private Task<string> Witness(Tx tx, string kind, Grant grant, Caller caller, DateTimeOffset at, string? reason)
    {
        var facts = new Dictionary<string, string> { ["number"] = grant.Number, ["entry"] = grant.Entry.ToString(), ["record"] = Applications.Digest(grant.Record), ["state"] = grant.State.ToString() };
        if (grant.Application is { } application) facts["application"] = application.ToString();
        if (grant.Emergency is { } emergency) facts["emergency"] = emergency;
        if (reason is not null) facts["reason"] = Applications.Digest(reason);
        string[] parties = [.. new[] { grant.ConsumerAgency, grant.Provider, directory.Find(grant.Provider)?.Bureau }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()];
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"grant:{grant.Id}", at, facts) { Parties = parties });
    }

    private static Sql Columns { get; } = Part(
        $"""
        id, number, entry, provider, consumer_agency, consumer_person, fields, row_filter, purpose, matter, needs_case, modes, limits, lowest_assurance, from_at, until_at,
        provider_responsible, consumer_responsible, state, application, record, signature, issued_at, delivered_at, reason, emergency, return_flow, onward
        """);

    private static Grant Read(DbDataReader r) => new(
        r.Id<Grant>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.IdOrNull<Agency>(4), r.IdOrNull<Person>(5), r.Json<GrantedField[]>(6), r.GetString(7), r.GetString(8), r.GetString(9),
        r.Flag(10), r.Json<Mode[]>(11), r.Json<GrantLimits>(12), r.Kind<Assurance>(13), r.Instant(14), r.Instant(15), r.GetString(16), r.GetString(17), r.Kind<GrantState>(18),
        r.IdOrNull<Application>(19), r.GetString(20), r.GetString(21), r.Instant(22))
    {
        DeliveredAt = r.InstantOrNull(23),
        Reason = r.TextOrNull(24),
        Emergency = r.TextOrNull(25),
        ReturnFlow = r.TextOrNull(26),
        Onward = r.IsDBNull(27) ? [] : r.Json<OnwardRight[]>(27),
    };

    private static Task<int> Insert(Tx tx, Grant g) => tx.Run(
        $"""
        insert into share_grant (id, number, entry, provider, consumer_agency, consumer_person, fields, row_filter, purpose, matter, needs_case, modes, limits, lowest_assurance,
          from_at, until_at, provider_responsible, consumer_responsible, state, application, record, signature, issued_at, changed_at, emergency, return_flow)
        values ({g.Id}, {g.Number}, {g.Entry}, {g.Provider}, {g.ConsumerAgency}, {g.ConsumerPerson}, {Json(g.Fields)}, {g.Rows}, {g.Purpose}, {g.Matter}, {g.NeedsCase}, {Json(g.Modes)},
          {Json(g.Limits)}, {g.LowestAssurance}, {g.From}, {g.Until}, {g.ProviderResponsible}, {g.ConsumerResponsible}, {g.State}, {g.Application}, {g.Record}, {g.Signature}, {g.IssuedAt}, {g.IssuedAt}, {g.Emergency}, {g.ReturnFlow})
        """);

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Wire.Json);

    private static Sql Part(Sql sql) => sql;

    [LoggerMessage(1601, LogLevel.Critical, "Grant {Number} is left out: its columns and its signed record do not agree, or the signature is not this node's.")]
    private static partial void Forged(ILogger log, string number);
}
