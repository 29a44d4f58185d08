using System.Collections.Frozen;
using Tongxiang.Core.Elements;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Who and where, in memory: agencies, divisions, people who can sign in and the heads of sharing offices.</summary>
public sealed class Directory(Db db)
{
    private readonly Lock swapping = new();
    private long begun;
    private long shown;
    private volatile Snapshot now = Snapshot.Empty;

    /// <summary>Sorted by division, then by name.</summary>
    public IReadOnlyList<Agency> Agencies => now.Agencies;

    public IReadOnlyCollection<Person> People => now.People.Values;

    /// <summary>The dated lists that were loaded, joined with the one that ships.</summary>
    public DivisionTable Divisions => now.Divisions;

    /// <summary>The same in the form that identifier checks read.</summary>
    public DivisionList DivisionsForChecks => now.Checks.Value;

    public Agency? Find(Id<Agency> id) => now.ById.GetValueOrDefault(id);

    public Agency? BySlug(string slug) => now.BySlug.GetValueOrDefault(slug);

    public Person? Person(Id<Person> id) => now.People.GetValueOrDefault(id);

    public Division? Division(string code, DateOnly? on = null) => now.Divisions.Find(code, on);

    /// <summary>The division's own name, or the code itself when it is unknown.</summary>
    public string DivisionName(string code, string language)
    {
        var division = now.Divisions.Find(code, null);
        return (language == Texts.English ? division?.NameEn : null) ?? division?.Name ?? code;
    }

    /// <summary>The head of the agency's sharing office (Order 809 art. 11); without one it can neither submit nor approve.</summary>
    public Person? SharingOfficeHead(Id<Agency> agency) => now.Heads.TryGetValue(agency, out var person) ? Person(person) : null;

    /// <summary>Changes whenever all sessions of the person must end; null for someone who may not sign in.</summary>
    internal string? Stamp(Id<Person> person) => now.Stamps.GetValueOrDefault(person);

    /// <summary>People of the agency who hold the role.</summary>
    public IReadOnlyList<Person> Holders(Id<Agency> agency, Role role) => [.. now.People.Values.Where(p => p.Agency == agency && p.Roles.Contains(role)).OrderBy(p => p.UserName, StringComparer.Ordinal)];

    /// <summary>Reads everything anew and swaps it in; done after each change and by the follower of the feed.</summary>
    public async Task Refresh(CancellationToken ct)
    {
        // What was read before a change must not be swapped in after it.
        var turn = Interlocked.Increment(ref begun);
        var read = await Read(ct);
        lock (swapping)
        {
            if (turn > shown) (shown, now) = (turn, read);
        }
    }

    private async Task<Snapshot> Read(CancellationToken ct)
    {
        var agencies = await db.List(
            $"select id, slug, credit_code, name, name_en, kind, division, bureau, phone, email from agencies_agency order by division, name",
            r => new Agency(r.Id<Agency>(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Kind<AgencyKind>(5), r.GetString(6), r.IdOrNull<Agency>(7), r.TextOrNull(8), r.TextOrNull(9)), ct);
        var roles = (await db.List($"select person, role from agencies_role", r => (Person: r.Id<Person>(0), Role: r.Kind<Role>(1)), ct)).ToLookup(r => r.Person, r => r.Role);
        var people = await db.List(
            $"select id, user_name, name, agency, security_stamp from agencies_person where is_enabled = 1",
            r => (Person: new Person(r.Id<Person>(0), r.GetString(1), r.GetString(2), r.IdOrNull<Agency>(3), roles[r.Id<Person>(0)].ToFrozenSet()), Stamp: r.GetString(4)), ct);
        var heads = await db.List($"select agency, person from agencies_appointment where until_at is null", r => KeyValuePair.Create(r.Id<Agency>(0), r.Id<Person>(1)), ct);
        var divisions = await db.List(
            $"select code, name, name_en, valid_from, valid_to, list from agencies_division",
            r => new Division(r.GetString(0), r.GetString(1), r.TextOrNull(2), DivisionTable.ParentOf(r.GetString(0)), DivisionTable.LevelOf(r.GetString(0)), r.Day(3), r.DayOrNull(4), r.GetString(5)), ct);
        return new Snapshot(agencies, people, heads, divisions.Count == 0 ? DivisionTable.Shipped : Joined(divisions));
    }

    // A loaded list of the nation replaces what ships for the codes it names.
    private static DivisionTable Joined(IReadOnlyList<Division> loaded)
    {
        var codes = loaded.Select(d => d.Code).ToHashSet(StringComparer.Ordinal);
        return new DivisionTable(DivisionTable.Shipped.All.Where(d => !codes.Contains(d.Code)).Concat(loaded));
    }

    private sealed class Snapshot(IReadOnlyList<Agency> agencies, IReadOnlyList<(Person Person, string Stamp)> people, IReadOnlyList<KeyValuePair<Id<Agency>, Id<Person>>> heads, DivisionTable divisions)
    {
        public static readonly Snapshot Empty = new([], [], [], DivisionTable.Shipped);

        public IReadOnlyList<Agency> Agencies { get; } = agencies;
        public FrozenDictionary<Id<Agency>, Agency> ById { get; } = agencies.ToFrozenDictionary(a => a.Id);
        public FrozenDictionary<string, Agency> BySlug { get; } = agencies.ToFrozenDictionary(a => a.Slug, StringComparer.Ordinal);
        public FrozenDictionary<Id<Person>, Person> People { get; } = people.ToFrozenDictionary(p => p.Person.Id, p => p.Person);
        public FrozenDictionary<Id<Person>, string> Stamps { get; } = people.ToFrozenDictionary(p => p.Person.Id, p => p.Stamp);
        public FrozenDictionary<Id<Agency>, Id<Person>> Heads { get; } = heads.ToFrozenDictionary();
        public DivisionTable Divisions { get; } = divisions;
        public Lazy<DivisionList> Checks { get; } = new(divisions.ForChecks);
    }
}
