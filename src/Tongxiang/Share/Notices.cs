using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>A notice as its reader sees it: no personal data in it, only number, resource, day.</summary>
/// <param name="Args">For the text <c>share.notice.{kind}</c>: number, resource, due day or empty.</param>
public sealed record Notice(Id<Notice> Id, NoticeKind Kind, Id<Application>? Application, Recipient To, IReadOnlyList<string> Args, DateTimeOffset At, bool IsRead)
{
    /// <summary>Page of something that is no application; null when there is none.</summary>
    public string? Link { get; init; }

    public string Text(Texts texts, string language) => texts.Get(language, $"share.notice.{JsonNamingPolicy.KebabCaseLower.ConvertName(Kind.ToString())}", [.. Args]);
}

/// <summary>What a notice of another part is about.</summary>
/// <param name="Once">With kind and recipient it makes the notice once.</param>
/// <param name="Link">Path of the page, without language.</param>
/// <param name="Args">Number, name and day or time; the last may be empty.</param>
/// <param name="IsInside">Stays in the desk: neither mailed nor pushed.</param>
public sealed record About(string Once, string Link, IReadOnlyList<string> Args, bool IsInside = false);

/// <summary>Tells people: rows in the same commit as the step, each at most once; mail and webhooks follow from the outbox.</summary>
public sealed class Notices(Db db, TimeProvider clock, Directory directory, NoticeSettings settings)
{
    /// <summary>The newest notices for this person: to them, or to a role they hold in their agency.</summary>
    public async Task<IReadOnlyList<Notice>> Of(Caller caller, int limit, CancellationToken ct)
    {
        if (caller.Person is not { } person) return [];
        return await db.List(
            $"""
            select n.id, n.kind, n.application, n.to_person, n.to_agency, n.to_role, n.args, n.at, r.at, n.link
            from share_notice n left join share_notice_read r on r.notice = n.id and r.person = {person}
            where n.to_person = {person} or (n.to_agency = {caller.Agency} and n.to_role in {caller.Roles})
            order by n.at desc, n.id desc limit {Math.Clamp(limit, 1, 500)}
            """, Read, ct);
    }

    public async Task<long> Unread(Caller caller, CancellationToken ct)
    {
        if (caller.Person is not { } person) return 0;
        return await db.One(
            $"""
            select count(*) from share_notice n
            where (n.to_person = {person} or (n.to_agency = {caller.Agency} and n.to_role in {caller.Roles}))
              and n.at > {clock.GetUtcNow().AddDays(-90)}
              and not exists (select 1 from share_notice_read r where r.notice = n.id and r.person = {person})
            """, r => r.GetInt64(0), ct);
    }

    /// <summary>Marks everything up to now as read.</summary>
    public async Task ReadAll(Caller caller, CancellationToken ct)
    {
        if (caller.Person is not { } person) return;
        await db.Run(
            $"""
            insert into share_notice_read (notice, person, at)
            select n.id, {person}, {clock.GetUtcNow()} from share_notice n
            where n.to_person = {person} or (n.to_agency = {caller.Agency} and n.to_role in {caller.Roles})
            on conflict (notice, person) do nothing
            """, ct);
    }

    /// <summary>Tells of something that another part keeps, in its own commit.</summary>
    public async Task Tell(Tx tx, Telling telling, About about, DateTimeOffset at)
    {
        var (id, (kind, to)) = (Id<Notice>.New(clock), telling);
        if (about.Args.Count != 3) throw new ArgumentException($"A notice has three arguments, not {about.Args.Count}.", nameof(about));
        var once = $"{about.Once}/{kind}/{to}";
        var added = await tx.Run(
            $"""
            insert into share_notice (id, once_key, kind, to_person, to_agency, to_role, args, at, link)
            values ({id}, {once}, {kind}, {to.Person}, {to.Agency}, {to.Role?.ToString()}, {JsonSerializer.Serialize(about.Args, Wire.Json)}, {at}, {about.Link})
            on conflict (once_key) do nothing
            """);
        if (added == 1 && !about.IsInside) await Send(tx, id, to, at);
    }

    internal Task Tell(Tx tx, IReadOnlyList<Telling> tellings, Application application, Entry entry, DateTimeOffset at) =>
        Tell(tx, tellings, application, entry, at, application.Revision.ToString(CultureInfo.InvariantCulture));

    /// <param name="occasion">With kind and recipient it makes the notice once: the revision of a step, the rule of a clock.</param>
    internal async Task Tell(Tx tx, IReadOnlyList<Telling> tellings, Application application, Entry entry, DateTimeOffset at, string occasion)
    {
        var due = application.DueAt is { } end ? WorkCalendar.Day(end).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";
        var args = JsonSerializer.Serialize(new[] { application.Number, entry.Content.Name, due }, Wire.Json);
        foreach (var (kind, to) in tellings)
        {
            var id = Id<Notice>.New(clock);
            var once = $"{application.Id}/{occasion}/{kind}/{to}";
            var added = await tx.Run(
                $"""
                insert into share_notice (id, once_key, kind, application, to_person, to_agency, to_role, args, at)
                values ({id}, {once}, {kind}, {application.Id}, {to.Person}, {to.Agency}, {to.Role?.ToString()}, {args}, {at})
                on conflict (once_key) do nothing
                """);
            if (added == 1) await Send(tx, id, to, at);
        }
    }

    private async Task Send(Tx tx, Id<Notice> notice, Recipient to, DateTimeOffset at)
    {
        var agency = to.Agency ?? (to.Person is { } person ? directory.Person(person)?.Agency : null);
        if (settings.SmtpHost is not null) await Queue(tx, notice, "mail", to.Person is { } reader ? $"person:{reader}" : $"agency:{agency}", at);
        if (agency is null) return;
        var hooks = await tx.List($"select id from share_webhook where agency = {agency} and is_enabled = 1", r => r.GetString(0));
        foreach (var hook in hooks) await Queue(tx, notice, "webhook", hook, at);
    }

    private Task<int> Queue(Tx tx, Id<Notice> notice, string channel, string target, DateTimeOffset at) => tx.Run(
        $"""
        insert into share_sending (id, notice, channel, target, state, attempts, next_at)
        values ({Id<Telling>.New(clock)}, {notice}, {channel}, {target}, {"waiting"}, {0}, {at})
        """);

    internal static Notice Read(DbDataReader r) => new(
        r.Id<Notice>(0), r.Kind<NoticeKind>(1), r.IdOrNull<Application>(2), new Recipient(r.IdOrNull<Person>(3), r.IdOrNull<Agency>(4), r.IsDBNull(5) ? null : r.Kind<Role>(5)),
        r.Json<string[]>(6), r.Instant(7), !r.IsDBNull(8))
    {
        Link = r.TextOrNull(9),
    };
}
