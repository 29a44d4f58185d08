using System.Collections.Frozen;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Which roles hold only with a valid certificate, and who has one; in memory, for every request.</summary>
public sealed class Competence(Db db, TimeProvider clock)
{
    private readonly Lock swapping = new();
    private long begun;
    private long shown;
    private volatile Snapshot now = new(FrozenDictionary<Role, Id<Course>[]>.Empty, FrozenDictionary<(Id<Person>, Id<Course>), DateTimeOffset>.Empty);

    private sealed record Snapshot(FrozenDictionary<Role, Id<Course>[]> Duties, FrozenDictionary<(Id<Person>, Id<Course>), DateTimeOffset> Held);

    /// <summary>The roles that hold now: one that takes a certificate falls away while it is missing or has run out.</summary>
    public IReadOnlySet<Role> Of(Person person)
    {
        var (duties, held) = now;
        if (duties.Count == 0 || !person.Roles.Any(duties.ContainsKey)) return person.Roles;
        var at = clock.GetUtcNow();
        return person.Roles.Where(role => !duties.TryGetValue(role, out var courses) || courses.All(c => IsHeld(held, person.Id, c, at))).ToFrozenSet();
    }

    /// <summary>Courses of which the person needs a certificate and has none that holds.</summary>
    public IReadOnlyList<Id<Course>> Missing(Person person)
    {
        var (duties, held) = now;
        var at = clock.GetUtcNow();
        return [.. person.Roles.Where(duties.ContainsKey).SelectMany(r => duties[r]).Distinct().Where(c => !IsHeld(held, person.Id, c, at))];
    }

    /// <summary>Whether any of the person's roles takes a certificate.</summary>
    public bool IsNeeded(Person person) => person.Roles.Any(now.Duties.ContainsKey);

    internal async Task Refresh(CancellationToken ct)
    {
        // As in the directory: of two the one that began later is newer.
        var turn = Interlocked.Increment(ref begun);
        var read = await Read(ct);
        lock (swapping)
        {
            if (turn > shown) (shown, now) = (turn, read);
        }
    }

    private async Task<Snapshot> Read(CancellationToken ct)
    {
        // A role that restricts never falls away, whatever stands in the store.
        var duties = (await db.List($"select role, course from agencies_course_duty", r => (Role: r.Kind<Role>(0), Course: r.Id<Course>(1)), ct)).Where(d => !RoleRules.ReadsNoContent(d.Role));
        var held = await db.List($"select person, course, max(valid_to_at) from agencies_course_certificate group by person, course", r => (Person: r.Id<Person>(0), Course: r.Id<Course>(1), Until: r.Instant(2)), ct);
        return new Snapshot(
            duties.GroupBy(d => d.Role).ToFrozenDictionary(g => g.Key, g => g.Select(d => d.Course).ToArray()),
            held.ToFrozenDictionary(h => (h.Person, h.Course), h => h.Until));
    }

    private static bool IsHeld(FrozenDictionary<(Id<Person>, Id<Course>), DateTimeOffset> held, Id<Person> person, Id<Course> course, DateTimeOffset at) => held.TryGetValue((person, course), out var until) && until > at;
}
