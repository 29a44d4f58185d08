using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Emergency access (应急访问授权) for those who read no content: two persons, minutes, one resource; every step is evidence and an alarm.</summary>
[Core.Enforces(31)]
public sealed class BreakGlasses(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Notices notices, Func<string, Entry?> bySlug)
{
    private volatile ImmutableDictionary<(Id<Entry> Entry, Id<Person> Person), ImmutableArray<Grant>> open = ImmutableDictionary<(Id<Entry>, Id<Person>), ImmutableArray<Grant>>.Empty;

    /// <summary>The caller's rights on an entry together with the emergency accesses that are open for this very person; read from memory.</summary>
    public IReadOnlyList<Grant> With(Id<Entry> entry, Caller caller, IReadOnlyList<Grant> rights) =>
        caller is { Person: { } person, Client: null } && open.TryGetValue((entry, person), out var glasses) ? [.. rights, .. glasses] : rights;

    public async Task<Outcome<BreakGlass>> Ask(Caller caller, BreakGlassWish wish, CancellationToken ct)
    {
        if (BreakGlassRules.AsksAs(caller) is not { } role || caller.Person is not { } person) return Refusal.Forbidden("share.break-glass.not-for-you") with { Article = BreakGlassRules.Article };
        if (BreakGlassRules.Wrong(wish) is { Count: > 0 } wrong) return Refusal.Invalid([.. wrong]);
        var now = clock.GetUtcNow();
        return await db.Commit<Outcome<BreakGlass>>(async tx =>
        {
            // Counted before the resource is looked at: whoever may ask for nothing more learns nothing more. The number serialises requests of one person.
            await tx.Next($"share_break_glass {person}");
            var waiting = await tx.One($"select count(*) from share_break_glass where asked_by = {person} and state = 'Waiting' and asked_at > {now - BreakGlassRules.Waits}", r => r.GetInt64(0));
            if (waiting >= BreakGlassRules.MostWaiting) return new Refusal(429, "share.break-glass.waiting", BreakGlassRules.MostWaiting);
            var found = bySlug(wish.Resource.Trim());
            if (BreakGlassRules.Wrong(wish, found, caller.IsGovernment) is { Count: > 0 } unseen) return Refusal.Invalid([.. unseen]);
            var entry = found!;
            var provider = directory.Find(entry.Agency);
            var number = await Applications.Number(tx, "YF", now);
            var made = new BreakGlass(
                Id<BreakGlass>.New(clock), number, entry.Id, entry.Slug, entry.Agency, provider?.Kind == AgencyKind.Bureau ? provider.Id : provider?.Bureau, person, role, caller.Agency,
                [.. wish.Fields.Distinct(StringComparer.Ordinal)], wish.Reason.Trim(), wish.Occasion.Trim(), wish.Minutes, now, BreakGlassState.Waiting, null, null, null, "", null, null, null, "");
            made = made with { Proof = await Said(tx, caller, made, "share.break-glass-asked", now) };
            await tx.Run(
                $"""
                insert into share_break_glass (id, number, entry, resource, provider, bureau, asked_by, asked_role, asked_agency, fields, reason, occasion, minutes, asked_at, state, evidence)
                values ({made.Id}, {number}, {made.Entry}, {made.Resource}, {made.Provider}, {made.Bureau}, {person}, {role}, {made.AskedFor}, {JsonSerializer.Serialize(made.Fields, Wire.Json)},
                  {made.Reason}, {made.Occasion}, {made.Minutes}, {now}, {made.State}, {made.Proof})
                """);
            foreach (var to in Deciders(made)) await Tell(tx, NoticeKind.BreakGlassAsked, to, made, now);
            return made;
        }, ct);
    }

    /// <summary>The second person allows it, and the minutes run from now, or refuses it with a note.</summary>
    public async Task<Outcome<BreakGlass>> Decide(Caller caller, Id<BreakGlass> id, bool isAllowed, string note, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } glass || !BreakGlassRules.Sees(caller, glass)) return Refusal.NotFound("break-glass");
        if (caller.Person == glass.AskedBy) return Refusal.Forbidden("share.break-glass.own") with { Article = BreakGlassRules.Article };
        if (BreakGlassRules.DecidesAs(caller, glass) is not { } role) return Refusal.Forbidden("share.break-glass.not-decider") with { Article = BreakGlassRules.Article };
        if (!isAllowed && note.Trim().Length == 0) return Refusal.Invalid(new FieldError("note", "kernel.required"));
        if (note.Trim().Length > 1000) return Refusal.Invalid(new FieldError("note", "kernel.too-long", 1000, note.Trim().Length));
        var now = clock.GetUtcNow();
        if (glass.State != BreakGlassState.Waiting || now >= glass.AskedAt + BreakGlassRules.Waits) return Decided(glass);
        // An asker who lost the role or the sign-in meanwhile gets nothing any more.
        if (directory.Person(glass.AskedBy) is not { } asker || !asker.Roles.Contains(glass.AskedAs)) return Refusal.Conflict("share.break-glass.asker-gone", glass.Number);
        var state = isAllowed ? BreakGlassState.Open : BreakGlassState.Refused;
        DateTimeOffset? until = isAllowed ? now.AddMinutes(glass.Minutes) : null;
        var after = glass with { State = state, DecidedBy = caller.Person, DecidedAs = role, DecidedAt = now, Note = note.Trim(), Until = until };
        var done = await db.Commit(async tx =>
        {
            var taken = await tx.Run(
                $"""
                update share_break_glass set state = {state}, decided_by = {caller.Person}, decided_role = {role}, decided_at = {now}, note = {after.Note}, until_at = {until}
                where id = {id} and state = 'Waiting'
                """);
            if (taken == 0) return null;
            var proof = await Said(tx, caller, after, isAllowed ? "share.break-glass-opened" : "share.break-glass-refused", now);
            await tx.Run($"update share_break_glass set evidence = {proof} where id = {id}");
            foreach (var to in isAllowed ? Watchers(after) : [new Recipient(glass.AskedBy, null, null)]) await Tell(tx, isAllowed ? NoticeKind.BreakGlassOpened : NoticeKind.BreakGlassRefused, to, after, now);
            return after with { Proof = proof };
        }, ct);
        if (done is null) return Decided((await Load(id, ct))!);
        await Follow(ct);
        return done;
    }

    /// <summary>Ends it before its time: whoever asked, or anybody who may decide or guards the node.</summary>
    public async Task<Outcome<BreakGlass>> End(Caller caller, Id<BreakGlass> id, CancellationToken ct)
    {
        if (await Load(id, ct) is not { } glass || !BreakGlassRules.Sees(caller, glass)) return Refusal.NotFound("break-glass");
        if (glass.State is not (BreakGlassState.Open or BreakGlassState.Waiting)) return Decided(glass);
        var now = clock.GetUtcNow();
        var ended = await Close(caller, glass, BreakGlassState.Ended, now, ct);
        await Follow(ct);
        return ended ? (await Load(id, ct))! : Decided((await Load(id, ct))!);
    }

    /// <summary>Those the caller may see, newest first.</summary>
    public async Task<Page<BreakGlass>> List(Caller caller, string? after, int limit, CancellationToken ct)
    {
        limit = Math.Clamp(limit, 1, 200);
        if (caller is not { Person: { } person, Client: null }) return new([], null);
        var mine = caller.Agency is { } agency ? Where($"(asked_by = {person} or provider = {agency} or bureau = {agency})") : Where($"asked_by = {person}");
        var place = Cursor.Read(after, 2) is [var at, var last] && long.TryParse(at, out var ms) ? Where($"and (asked_at < {ms} or (asked_at = {ms} and id < {last}))") : Where($"");
        var rows = await db.List($"select {BreakGlass.Columns} from share_break_glass where {mine} {place} order by asked_at desc, id desc limit {limit + 1}", BreakGlass.Read, ct);
        var page = Page<BreakGlass>.Of(rows, limit, g => [g.AskedAt, g.Id]);
        return page with { Items = [.. page.Items.Where(g => BreakGlassRules.Sees(caller, g))] };
    }

    public async Task<BreakGlass?> Find(Caller caller, Id<BreakGlass> id, CancellationToken ct) => await Load(id, ct) is { } glass && BreakGlassRules.Sees(caller, glass) ? glass : null;

    /// <summary>Takes so many of the rows that are left of an open access, before they are read; 0 when none are left, null when it is not open. What was not read is given back.</summary>
    public Task<long?> Take(Id<BreakGlass> id, long most, CancellationToken ct) => db.Commit<long?>(async tx =>
    {
        // The row stays locked until the commit: reads side by side, on whatever copy, take one after the other.
        var read = await tx.One($"update share_break_glass set rows_read = rows_read where id = {id} and state = 'Open' and until_at > {clock.GetUtcNow()} returning rows_read", r => (long?)r.GetInt64(0));
        if (read is not { } before) return null;
        var taken = Math.Min(most, BreakGlassRules.MostRows - before);
        await tx.Run($"update share_break_glass set rows_read = rows_read + {taken} where id = {id}");
        return taken;
    }, ct);

    /// <summary>Gives back rows that were taken and not read.</summary>
    public Task GiveBack(Id<BreakGlass> id, long rows) => rows == 0 ? Task.CompletedTask : db.Run($"update share_break_glass set rows_read = rows_read - {rows} where id = {id}", CancellationToken.None);

    /// <summary>Takes in what is open now; every copy does so each second.</summary>
    public async Task Follow(CancellationToken ct)
    {
        var rows = await db.List($"select {BreakGlass.Columns} from share_break_glass where state = 'Open' and until_at > {clock.GetUtcNow()}", BreakGlass.Read, ct);
        open = rows.GroupBy(g => (g.Entry, g.AskedBy)).ToImmutableDictionary(g => g.Key, g => g.Select(b => b.AsGrant()).ToImmutableArray());
    }

    /// <summary>Puts on record that a time is over, and lets requests lapse that nobody answered.</summary>
    public async Task Sweep(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var over = await db.List(
            $"select {BreakGlass.Columns} from share_break_glass where (state = 'Open' and until_at <= {now}) or (state = 'Waiting' and asked_at <= {now - BreakGlassRules.Waits})", BreakGlass.Read, ct);
        foreach (var glass in over) await Close(Caller.Platform, glass, glass.State == BreakGlassState.Open ? BreakGlassState.Ended : BreakGlassState.Lapsed, now, ct);
    }

    private Task<bool> Close(Caller caller, BreakGlass glass, BreakGlassState state, DateTimeOffset now, CancellationToken ct) => db.Commit(async tx =>
    {
        if (await tx.Run($"update share_break_glass set state = {state}, ended_by = {caller.Actor}, ended_at = {now} where id = {glass.Id} and state = {glass.State}") == 0) return false;
        var proof = await Said(tx, caller, glass, state == BreakGlassState.Lapsed ? "share.break-glass-lapsed" : "share.break-glass-ended", now);
        await tx.Run($"update share_break_glass set evidence = {proof} where id = {glass.Id}");
        if (glass.State == BreakGlassState.Open)
            foreach (var to in Watchers(glass)) await Tell(tx, NoticeKind.BreakGlassEnded, to, glass, now);
        return true;
    }, ct);

    private Task<BreakGlass?> Load(Id<BreakGlass> id, CancellationToken ct) => db.One($"select {BreakGlass.Columns} from share_break_glass where id = {id}", BreakGlass.Read, ct);

    private static Refusal Decided(BreakGlass glass) => Refusal.Conflict("share.break-glass.decided", glass.Number, new TextKey("share.break-glass.state." + glass.State));

    private static IEnumerable<Recipient> Deciders(BreakGlass glass)
    {
        yield return new Recipient(null, glass.Provider, Role.SharingOfficeHead);
        if (glass.Bureau is not { } bureau) yield break;
        yield return new Recipient(null, bureau, Role.BureauHead);
        if (glass.AskedAs != Role.SecurityAdmin) yield return new Recipient(null, bureau, Role.SecurityAdmin);
    }

    private static IEnumerable<Recipient> Watchers(BreakGlass glass)
    {
        yield return new Recipient(glass.AskedBy, null, null);
        yield return new Recipient(null, glass.Provider, Role.SharingOfficeHead);
        if (glass.Bureau is not { } bureau) yield break;
        foreach (var role in new[] { Role.BureauHead, Role.SecurityAdmin, Role.AuditAdmin }) yield return new Recipient(null, bureau, role);
    }

    private Task Tell(Tx tx, NoticeKind kind, Recipient to, BreakGlass glass, DateTimeOffset at)
    {
        var until = glass.Until is { } end ? TimeZoneInfo.ConvertTime(end, WorkCalendar.Zone).ToString("HH:mm", CultureInfo.InvariantCulture) : "";
        var name = bySlug(glass.Resource)?.Content.Name ?? glass.Resource;
        return notices.Tell(tx, new Telling(kind, to), new About($"break-glass/{glass.Id}", "/desk/break-glass", [glass.Number, name, until]), at);
    }

    private Task<string> Said(Tx tx, Caller caller, BreakGlass glass, string kind, DateTimeOffset at) => evidence.Append(tx, new Happening(
        kind, caller.Actor, caller.Agency?.ToString(), $"break-glass:{glass.Id}", at, new Dictionary<string, string>
        {
            ["number"] = glass.Number,
            ["resource"] = glass.Resource,
            ["fields"] = string.Join(',', glass.Fields),
            ["occasion"] = glass.Occasion,
            ["minutes"] = glass.Minutes.ToString(CultureInfo.InvariantCulture),
            ["asker"] = glass.AskedBy.ToString(),
            ["askedAs"] = glass.AskedAs.ToString(),
            ["decidedAs"] = glass.DecidedAs?.ToString() ?? "",
            ["reason"] = Applications.Digest(glass.Reason),
        })
    { Parties = [.. new[] { glass.Provider, glass.Bureau }.OfType<Id<Agency>>().Select(a => a.ToString()).Distinct()] });

    private static Sql Where(Sql sql) => sql;
}
