using System.Data.Common;
using System.Numerics;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Warehouse;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>The front door of return flows: a lower region asks and signs, the superior opens without conditions, both compare what flowed.</summary>
[Enforces(18)]
public sealed class ReturnFlows(
    Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, EntrySource entries, Deputies deputies, Applications applications, Grants grants, Notices notices,
    Versions? versions = null, ServingCopies? copies = null, AssuranceSettings? floors = null)
{
    private const int PageRows = 10_000;
    private static readonly Sql Columns = Part(
        $"f.id, f.number, f.entry, f.provider, f.receiver, f.division, f.region_field, f.state, f.revision, f.asked_by, f.asked_at, f.agreed_by, f.agreed_at, f.receiver_proof, f.opened_at, f.application, a.grant_id, f.reason");

    /// <summary>The lower region's steward asks for the rows of its own division.</summary>
    public async Task<Outcome<ReturnFlow>> Ask(Caller caller, Id<Entry> entryId, string regionField, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null, Agency: { } agency, IsGovernment: true } || directory.Find(agency) is not { } receiver) return new Refusal(401, "share.sign-in");
        if (!(caller.Has(Role.Steward) || await IsHead(caller, ct))) return Refusal.Forbidden("share.return-only-office");
        if (await entries(entryId, ct) is not { } entry || directory.Find(entry.Agency) is not { } provider) return Refusal.NotFound(entryId.ToString());
        if (WishRules.May(Lane.Sharing, entry, provider, receiver) is { } not) return not;
        if (ReturnRules.Check(entry, provider, receiver, regionField) is { } error) return Refusal.Invalid(error) with { Article = Law.Order809(24) };
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<ReturnFlow>>(async tx =>
        {
            if (await tx.One($"select number from share_return_flow where entry = {entryId} and receiver = {agency} and state in {Live}", r => r.GetString(0)) is { } open) return Refusal.Conflict("share.return-exists", open);
            var made = new ReturnFlow(Id<ReturnFlow>.New(clock), await Applications.Number(tx, "HL", at), entryId, provider.Id, agency, receiver.Division, regionField, ReturnState.Asked, 1, person, at, null, null, null, null, null, null, null);
            await tx.Run(
                $"""
                insert into share_return_flow (id, number, entry, provider, receiver, division, region_field, state, revision, asked_by, asked_at, changed_at)
                values ({made.Id}, {made.Number}, {entryId}, {provider.Id}, {agency}, {made.Division}, {regionField}, {made.State}, 1, {person}, {at}, {at})
                """);
            await Witness(tx, "share.return-asked", caller, made, at);
            await Tell(tx, agency, Role.SharingOfficeHead, made, entry, at);
            return made;
        }, ct);
    }

    /// <summary>The receiver's head signs; the superior is told.</summary>
    public async Task<Outcome<ReturnFlow>> Agree(Caller caller, Id<ReturnFlow> id, long seen, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now || now.Receiver != caller.Agency || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.return-only-head");
        if (caller.Person == now.AskedBy) return Refusal.Forbidden("share.return-own", now.Number) with { Article = Law.Order809(20) };
        if (now.State != ReturnState.Asked || now.Revision != seen) return Changed(now);
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<ReturnFlow>>(async tx =>
        {
            var proof = await Witness(tx, "share.return-agreed", caller, now, at);
            var next = now with { State = ReturnState.Agreed, Revision = seen + 1, AgreedBy = caller.Person, AgreedAt = at, ReceiverProof = proof };
            await Save(tx, next, caller, at);
            await Tell(tx, now.Provider, Role.SharingOfficeHead, next, entry, at);
            return next;
        }, ct).OrRefusal();
    }

    /// <summary>The superior's head opens it. There are no conditions to set: whoever names one is refused.</summary>
    public async Task<Outcome<ReturnFlow>> Open(Caller caller, Id<ReturnFlow> id, long seen, ReturnConditions? conditions, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now || now.Provider != caller.Agency || await entries(now.Entry, ct) is not { } entry || directory.Find(now.Provider) is not { } provider || directory.Find(now.Receiver) is not { } receiver)
            return Refusal.NotFound(id.ToString());
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.return-only-head");
        if (conditions is { IsNone: false }) return new Refusal(422, "share.return-condition", now.Number) { Article = Law.Order809(24) };
        if (now.State != ReturnState.Agreed || now.Revision != seen) return Changed(now);
        // Division and column may have changed since it was asked for.
        if (receiver.Division != now.Division || ReturnRules.Check(entry, provider, receiver, now.RegionField) is not null) return Refusal.Conflict("share.return-stale", now.Number);
        var at = clock.GetUtcNow();
        var (wish, reply) = ReturnRules.Terms(entry, now.RegionField, floors ?? AssuranceSettings.Default, caller.Name);
        var opened = await db.Commit<Outcome<ReturnFlow>>(async tx =>
        {
            var proof = await Witness(tx, "share.return-opened", caller, now, at);
            var settled = await applications.Settle(
                tx, new Settled(entry, now.Receiver, now.AskedBy, wish, reply, now.ReceiverProof!, proof, now.Number, Law.Order809(24), new GrantOrigin(ReturnFlow: now.Number)), at);
            if (settled.IsRefused) throw new Abandoned(settled.Refusal!);
            var next = now with { State = ReturnState.Open, Revision = seen + 1, OpenedAt = at, Application = settled.Value.Id, Grant = settled.Value.Grant };
            await Save(tx, next, caller, at);
            await Tell(tx, now.Receiver, Role.Steward, next, entry, at);
            return next;
        }, ct).OrRefusal();
        if (!opened.IsRefused) await grants.Follow(CancellationToken.None);
        return opened;
    }

    /// <summary>The superior refuses: only where a law forbids it, or where it does not hold the data.</summary>
    public async Task<Outcome<ReturnFlow>> Refuse(Caller caller, Id<ReturnFlow> id, long seen, RefusalGround ground, string reason, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { } now || now.Provider != caller.Agency || await entries(now.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (!await IsHead(caller, ct)) return Refusal.Forbidden("share.return-only-head");
        if (ground is not (RefusalGround.LawForbids or RefusalGround.NotHeld)) return Refusal.Invalid(new FieldError("ground", "share.return.ground")) with { Article = Law.Order809(24) };
        if ((reason ?? "").Trim() is not { Length: > 0 and <= 1000 } why) return Refusal.Invalid(new FieldError("reason", "kernel.required"));
        if (now.State != ReturnState.Agreed || now.Revision != seen) return Changed(now);
        var at = clock.GetUtcNow();
        return await db.Commit<Outcome<ReturnFlow>>(async tx =>
        {
            var next = now with { State = ReturnState.Refused, Revision = seen + 1, Reason = why };
            await Witness(tx, "share.return-refused", caller, next, at, ("ground", ground.ToString()));
            await Save(tx, next, caller, at);
            foreach (var (agency, role) in new[] { (now.Receiver, Role.SharingOfficeHead), (directory.Find(now.Provider)?.Bureau ?? now.Provider, Role.BureauReviewer) }) await Tell(tx, agency, role, next, entry, at);
            return next;
        }, ct).OrRefusal();
    }

    public async Task<ReturnFlow?> Find(Caller caller, Id<ReturnFlow> id, CancellationToken ct) => (await List(caller, ct)).FirstOrDefault(f => f.Id == id);

    /// <summary>Return flows of the caller's agency on either side, for a bureau also those of its departments; newest first.</summary>
    public async Task<IReadOnlyList<ReturnFlow>> List(Caller caller, CancellationToken ct)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } agency } || !Sides.IsOffice(caller)) return [];
        var overseen = caller.IsBureau ? directory.Agencies.Where(a => a.Bureau == agency || a.Id == agency).Select(a => a.Id).ToList() : [agency];
        return await db.List(
            $"""
            select {Columns} from share_return_flow f left join share_application a on a.id = f.application
            where f.receiver in {overseen} or (f.provider in {overseen} and f.state <> {ReturnState.Asked}) order by f.changed_at desc, f.id desc limit 500
            """, Read, ct);
    }

    /// <summary>Flows that wait for the caller's office, or for a department in the bureau's charge.</summary>
    public async Task<IReadOnlyList<ReturnFlow>> Due(Caller caller, DueScope scope, CancellationToken ct)
    {
        if (caller.Agency is not { } agency || (scope == DueScope.Own && !await IsHead(caller, ct))) return [];
        return [.. (await List(caller, ct)).Where(f => f.State switch
        {
            ReturnState.Asked => scope == DueScope.Own && f.Receiver == agency,
            ReturnState.Agreed => scope == DueScope.Overseen || f.Provider == agency,
            _ => false,
        })];
    }

    /// <summary>What the current version holds for this flow, counted and digested; for both sides.</summary>
    public async Task<Outcome<ReturnSheet>> Sheet(Caller caller, Id<ReturnFlow> id, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { State: ReturnState.Open, Grant: { } grantId } flow || await grants.Load(grantId, ct) is not { } grant) return Refusal.NotFound(id.ToString());
        return versions?.Current(flow.Entry) is { } version ? await Count(flow, grant, version, ct) : Refusal.Conflict("share.return-no-version", flow.Number);
    }

    /// <summary>The receiver says what it received of a version; both figures are kept side by side, and a difference is told to the superior.</summary>
    public async Task<Outcome<Reconciliation>> Reconcile(Caller caller, Id<ReturnFlow> id, long version, long rows, string digest, CancellationToken ct)
    {
        if (await Find(caller, id, ct) is not { State: ReturnState.Open } flow || flow.Receiver != caller.Agency || await entries(flow.Entry, ct) is not { } entry) return Refusal.NotFound(id.ToString());
        if (!(caller.Has(Role.Steward) || await IsHead(caller, ct))) return Refusal.Forbidden("share.return-only-office");
        digest = (digest ?? "").Trim().ToLowerInvariant();
        if (rows < 0) return Refusal.Invalid(new FieldError("rows", "share.return.rows"));
        if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigit)) return Refusal.Invalid(new FieldError("digest", "share.return.digest"));
        var sheet = await Sheet(caller, id, ct);
        if (sheet.IsRefused) return sheet.Refusal!;
        var sent = sheet.Value;
        if (sent.Version != version) return Refusal.Conflict("share.return-version", version, sent.Version);
        var at = clock.GetUtcNow();
        var made = new Reconciliation(Id<Reconciliation>.New(clock), id, version, sent.Rows, sent.Digest, rows, digest, sent.Rows == rows && sent.Digest == digest, at);
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into share_reconciliation (id, flow, version, rows_sent, digest_sent, rows_received, digest_received, is_complete, made_by, made_at)
                values ({made.Id}, {id}, {version}, {made.RowsSent}, {made.DigestSent}, {rows}, {digest}, {made.IsComplete}, {caller.Actor}, {at})
                """);
            await Witness(tx, "share.return-reconciled", caller, flow, at, ("version", $"{version}"), ("sent", $"{made.RowsSent} {made.DigestSent}"), ("received", $"{rows} {digest}"), ("complete", made.IsComplete ? "true" : "false"));
            if (!made.IsComplete) await notices.Tell(tx, new Telling(NoticeKind.ReturnIncomplete, new Recipient(null, flow.Provider, Role.Steward)), new About(made.Id.ToString(), $"/desk/returns/{id}", [flow.Number, entry.Content.Name, ""]), at);
        }, ct);
        return made;
    }

    /// <summary>Comparisons of a flow, newest first.</summary>
    public async Task<IReadOnlyList<Reconciliation>> Reconciliations(Caller caller, Id<ReturnFlow> id, CancellationToken ct) => await Find(caller, id, ct) is null ? [] : await db.List(
        $"select id, flow, version, rows_sent, digest_sent, rows_received, digest_received, is_complete, made_at from share_reconciliation where flow = {id} order by made_at desc, id desc limit 200",
        r => new Reconciliation(r.Id<Reconciliation>(0), r.Id<ReturnFlow>(1), r.GetInt64(2), r.GetInt64(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.Flag(7), r.Instant(8)), ct);

    private async Task<Outcome<ReturnSheet>> Count(ReturnFlow flow, Grant grant, Warehouse.Version version, CancellationToken ct)
    {
        var plain = grant.Fields.Where(f => f.Form == Protect.FieldForm.Plain).Select(f => f.Name).Order(StringComparer.Ordinal).ToList();
        var columns = plain.Select(n => version.Columns.FirstOrDefault(f => f.Name == n)).OfType<Field>().Select(f => new PlanColumn(f, f.Name)).ToList();
        if (version.Columns.FirstOrDefault(f => f.Name == flow.RegionField) is not { } region) return Refusal.Conflict("share.return-stale", flow.Number);
        var own = Predicate.On(region, PlanOperator.Like, RowBindings.Prefix(flow.Division) + "%");
        var (rows, sum) = (0L, BigInteger.Zero);
        for (var plan = new Plan(columns, null, [], PageRows, 0, null, PlanCount.None) { Granted = own, IsFile = true }; ;)
        {
            var read = await copies!.Read(version, plan, ct);
            if (read.IsRefused) return read.Refusal!;
            using var page = read.Value;
            for (var row = 0; row < page.Rows; row++) sum = ReturnRules.Add(sum, ReturnRules.Line(Enumerable.Range(0, columns.Count).Select(c => page.Text(row, c))));
            rows += page.Rows;
            if (page.Next is null) return new ReturnSheet(version.Number, [.. columns.Select(c => c.Shown)], rows, ReturnRules.Text(sum));
            plan = plan with { After = page.Next };
        }
    }

    private static async Task Save(Tx tx, ReturnFlow next, Caller caller, DateTimeOffset at)
    {
        var opener = next.State == ReturnState.Open ? caller.Actor : null;
        if (await tx.Run(
            $"""
            update share_return_flow set state = {next.State}, revision = {next.Revision}, agreed_by = {next.AgreedBy}, agreed_at = {next.AgreedAt}, receiver_proof = {next.ReceiverProof}, opened_by = {opener}, opened_at = {next.OpenedAt},
              application = {next.Application}, reason = {next.Reason}, changed_at = {at} where id = {next.Id} and revision = {next.Revision - 1}
            """) == 0) throw new Abandoned(Changed(next));
    }

    private static readonly ReturnState[] Live = [ReturnState.Asked, ReturnState.Agreed, ReturnState.Open];

    private async Task<bool> IsHead(Caller caller, CancellationToken ct) => caller is { Person: not null, Client: null } && (caller.Has(Role.SharingOfficeHead) || (await deputies.Of(caller, ct)).Count > 0);

    private static Refusal Changed(ReturnFlow now) => Refusal.Conflict("share.return-changed", now.Number, new TextKey("share.return-state." + now.State.ToString().ToLowerInvariant()));

    private Task Tell(Tx tx, Id<Agency> agency, Role role, ReturnFlow flow, Entry entry, DateTimeOffset at) => notices.Tell(
        tx, new Telling(NoticeKind.ReturnMoved, new Recipient(null, agency, role)), new About($"{flow.Id}/{flow.Revision}", $"/desk/returns/{flow.Id}", [flow.Number, entry.Content.Name, ""]), at);

    private Task<string> Witness(Tx tx, string kind, Caller caller, ReturnFlow flow, DateTimeOffset at, params (string Name, string Value)[] more)
    {
        var facts = new Dictionary<string, string> { ["number"] = flow.Number, ["entry"] = flow.Entry.ToString(), ["division"] = flow.Division, ["field"] = flow.RegionField };
        if (flow.Reason is { } reason) facts["reason"] = Applications.Digest(reason);
        foreach (var (name, value) in more) facts[name] = value;
        return evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), $"return-flow:{flow.Id}", at, facts) { Parties = [flow.Provider.ToString(), flow.Receiver.ToString()] });
    }

    private static Sql Part(Sql sql) => sql;

    private static ReturnFlow Read(DbDataReader r) => new(
        r.Id<ReturnFlow>(0), r.GetString(1), r.Id<Entry>(2), r.Id<Agency>(3), r.Id<Agency>(4), r.GetString(5), r.GetString(6), r.Kind<ReturnState>(7), r.GetInt64(8), r.Id<Person>(9), r.Instant(10),
        r.IdOrNull<Person>(11), r.InstantOrNull(12), r.TextOrNull(13), r.InstantOrNull(14), r.IdOrNull<Application>(15), r.IdOrNull<Grant>(16), r.TextOrNull(17));
}
