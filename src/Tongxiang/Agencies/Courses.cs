using System.Data.Common;
using System.Globalization;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Courses, tests and certificates for data and security staff (R22), and the roles that take one.</summary>
public sealed class Courses(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory, Competence competence, NodeSettings settings)
{
    /// <summary>Tests of one course that a person may take on one civil day.</summary>
    public const int TestsPerDay = 3;

    /// <summary>Every course, closed ones too, by code.</summary>
    public Task<IReadOnlyList<Course>> All(CancellationToken ct) => CourseRows.Load(db, ct);

    public async Task<Course?> Find(Id<Course> id, CancellationToken ct) => (await All(ct)).FirstOrDefault(c => c.Id == id);

    /// <summary>Makes a course or, with an id, a new revision of it; certificates given before keep their term.</summary>
    /// <param name="seen">The revision the caller changed; null for a new course.</param>
    public async Task<Outcome<Course>> Save(Caller caller, Id<Course>? id, long? seen, CourseContent content, CancellationToken ct)
    {
        if (!MayKeep(caller)) return Refusal.Forbidden("agencies.course-keeper");
        FieldError[] errors = [.. CourseRules.Errors(content)];
        if (errors.Length > 0) return Refusal.Invalid(errors);
        var (now, isNew, key) = (clock.GetUtcNow(), id is null, id ?? Id<Course>.New(clock));
        try
        {
            var saved = await db.Commit(async tx =>
            {
                if (isNew)
                    await tx.Run(
                        $"""
                        insert into agencies_course (id, code, title, title_en, body, body_en, pass_percent, valid_months, revision, is_open, made_by, made_at, changed_at)
                        values ({key}, {content.Code}, {content.Title.Trim()}, {content.TitleEn.Trim()}, {content.Body.Trim()}, {content.BodyEn.Trim()}, {content.PassPercent}, {content.ValidMonths}, 1, {content.IsOpen}, {caller.Actor}, {now}, {now})
                        """);
                else if (await tx.Run(
                    $"""
                    update agencies_course set code = {content.Code}, title = {content.Title.Trim()}, title_en = {content.TitleEn.Trim()}, body = {content.Body.Trim()}, body_en = {content.BodyEn.Trim()},
                      pass_percent = {content.PassPercent}, valid_months = {content.ValidMonths}, is_open = {content.IsOpen}, revision = revision + 1, changed_at = {now}
                    where id = {key} and revision = {seen}
                    """) == 0) return false;
                await CourseRows.Ask(tx, key, content.Questions);
                await Said(tx, caller, $"course:{key}", isNew ? "agencies.course-made" : "agencies.course-changed", now, ("code", content.Code));
                return true;
            }, ct);
            if (saved) return (await Find(key, ct))!;
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.course-taken", content.Code);
        }
        return await Find(key, ct) is { } stands ? Refusal.Conflict("agencies.course-meanwhile", seen, stands.Revision) : Refusal.NotFound("course");
    }

    /// <summary>Takes the test: one answer for each question, in order. Passing gives a certificate at once.</summary>
    public async Task<Outcome<CourseResult>> Take(Caller caller, Id<Course> id, long seen, IReadOnlyList<long> answers, CancellationToken ct)
    {
        if (caller is not { Person: { } person, Client: null } || directory.Person(person) is not { } known) return new Refusal(401, "agencies.sign-in-first");
        if (await Find(id, ct) is not { Content.IsOpen: true } course) return Refusal.NotFound("course");
        if (course.Revision != seen) return Refusal.Conflict("agencies.course-meanwhile", seen, course.Revision);
        var questions = course.Content.Questions;
        if (answers.Count != questions.Count || answers.Any(a => a < 0)) return Refusal.Invalid(new FieldError("answers", "agencies.course-answers", questions.Count, answers.Count(a => a >= 0)));
        var right = questions.Zip(answers).LongCount(p => p.First.Answer == p.Second);
        var (now, passed) = (clock.GetUtcNow(), right >= CourseRules.Needed(course.Content));
        var outcome = await db.Commit<Outcome<CourseResult>>(async tx =>
        {
            // Counting stands before writing in one commit; the number serialises tests of one person on both stores.
            await tx.Next($"agencies_course_test {person}");
            var today = await tx.One($"select count(*) from agencies_course_attempt where person = {person} and course = {id} and taken_at >= {WorkCalendar.Begin(WorkCalendar.Day(now))}", r => r.GetInt64(0));
            if (today >= TestsPerDay) return new Refusal(429, "agencies.course-tries", TestsPerDay);
            var attempt = Id<CourseResult>.New(clock);
            await tx.Run(
                $"""
                insert into agencies_course_attempt (id, course, person, revision, right_answers, questions, passed, taken_at)
                values ({attempt}, {id}, {person}, {course.Revision}, {right}, {(long)questions.Count}, {passed}, {now})
                """);
            if (!passed) return new CourseResult(right, questions.Count, false, null);
            var made = await Certify(tx, caller, known, course, attempt, now);
            await Changes.Record(tx, "certificate", person.ToString(), now);
            return new CourseResult(right, questions.Count, true, made);
        }, ct);
        if (outcome is { IsRefused: false, Value.HasPassed: true }) await competence.Refresh(ct);
        return outcome;
    }

    /// <summary>The person's certificates, newest first: for the person, its administrators and the bureau.</summary>
    public async Task<IReadOnlyList<CourseCertificate>> CertificatesOf(Caller caller, Id<Person> person, CancellationToken ct) =>
        directory.Person(person) is { } known && (caller.Person == person || Oversees(caller, known.Agency))
            ? await db.List($"select {CourseRows.CertificateColumns} from agencies_course_certificate where person = {person} order by valid_from_at desc, id desc", CourseRows.ReadCertificate, ct)
            : [];

    /// <summary>Tests the caller took today, by course.</summary>
    public async Task<long> TakenToday(Caller caller, Id<Course> id, CancellationToken ct) => caller.Person is not { } person ? 0
        : await db.One($"select count(*) from agencies_course_attempt where person = {person} and course = {id} and taken_at >= {WorkCalendar.Begin(WorkCalendar.Day(clock.GetUtcNow()))}", r => r.GetInt64(0), ct);

    /// <summary>Roles that take a certificate.</summary>
    public Task<IReadOnlyList<CourseDuty>> Duties(CancellationToken ct) =>
        db.List($"select role, course, since_at from agencies_course_duty order by role, course", r => new CourseDuty(r.Kind<Role>(0), r.Id<Course>(1), r.Instant(2)), ct);

    /// <summary>From now on the role holds only with a valid certificate of the course, or no longer so.</summary>
    public async Task<Outcome<bool>> Require(Caller caller, Role role, Id<Course> id, bool isRequired, CancellationToken ct)
    {
        if (!MayRequire(caller)) return Refusal.Forbidden("agencies.only-bureau-head");
        if (await Find(id, ct) is not { } course) return Refusal.NotFound("course");
        if (isRequired && RoleRules.WrongForCertificate(role) is { } wrong) return wrong;
        if (isRequired && !course.Content.IsOpen) return Refusal.Conflict("agencies.course-closed", course.Content.Code);
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            var changed = isRequired
                ? await tx.Run($"insert into agencies_course_duty (role, course, set_by, since_at) values ({role}, {id}, {caller.Actor}, {now}) on conflict (role, course) do nothing")
                : await tx.Run($"delete from agencies_course_duty where role = {role} and course = {id}");
            if (changed == 0) return;
            await Changes.Record(tx, "certificate", role.ToString(), now);
            await Said(tx, caller, $"course:{id}", isRequired ? "agencies.course-required" : "agencies.course-released", now, ("role", role.ToString()));
        }, ct);
        await competence.Refresh(ct);
        return true;
    }

    /// <summary>Coverage by department: all of the bureau's for those who oversee it, the own for everybody else of a department.</summary>
    public IReadOnlyList<CourseCoverage> Coverage(Caller caller)
    {
        if (caller is not { Person: not null, Client: null, Agency: { } own }) return [];
        return [.. directory.Agencies.Where(a => a.IsGovernment && (a.Id == own || Oversees(caller, a.Id))).Select(Covered)];
    }

    private CourseCoverage Covered(Agency agency)
    {
        var needing = directory.People.Where(p => p.Agency == agency.Id && competence.IsNeeded(p)).ToList();
        var missing = needing.Where(p => competence.Missing(p).Count > 0).OrderBy(p => p.UserName, StringComparer.Ordinal).Select(p => p.Id).ToList();
        return new CourseCoverage(agency.Id, needing.Count, needing.Count - missing.Count, missing);
    }

    private async Task<CourseCertificate> Certify(Tx tx, Caller caller, Person person, Course course, Id<CourseResult> attempt, DateTimeOffset now)
    {
        var day = WorkCalendar.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var next = await tx.Next($"agencies_course {day}");
        var number = string.Create(CultureInfo.InvariantCulture, $"PX{day}-{next:0000}");
        var until = now.AddMonths((int)course.Content.ValidMonths);
        var proof = await Said(tx, caller, $"person:{person.Id}", "agencies.course-passed", now, ("certificate", number), ("course", course.Content.Code), ("revision", course.Revision.ToString(CultureInfo.InvariantCulture)));
        var made = new CourseCertificate(Id<CourseCertificate>.New(clock), number, course.Id, person.Id, now, until, proof);
        await tx.Run(
            $"""
            insert into agencies_course_certificate (id, number, course, person, attempt, valid_from_at, valid_to_at, evidence)
            values ({made.Id}, {number}, {course.Id}, {person.Id}, {attempt}, {now}, {until}, {proof})
            """);
        return made;
    }

    /// <summary>Whether the caller writes courses.</summary>
    public static bool MayKeep(Caller caller) => caller == Caller.Platform || (caller is { IsBureau: true, Client: null } && (caller.Has(Role.BureauHead) || caller.Has(Role.BureauReviewer)));

    /// <summary>Whether the caller decides which roles take a certificate, everywhere on the node: the head of the bureau of its own division; a bureau hosted for a lower one does not.</summary>
    public bool MayRequire(Caller caller) => caller == Caller.Platform
        || (caller is { IsBureau: true, Client: null, Agency: { } agency } && caller.Has(Role.BureauHead) && directory.Find(agency)?.Division == settings.Division);

    private bool Oversees(Caller caller, Id<Agency>? agency) => caller is { Client: null, IsBureau: true, Agency: { } own } && agency is { } target && (own == target || directory.Find(target)?.Bureau == own)
        && (caller.Has(Role.BureauHead) || caller.Has(Role.BureauReviewer) || RoleRules.Administrators.Any(caller.Has));

    private Task<string> Said(Tx tx, Caller caller, string subject, string kind, DateTimeOffset at, params (string Name, string Value)[] facts) =>
        evidence.Append(tx, new Happening(kind, caller.Actor, caller.Agency?.ToString(), subject, at, facts.ToDictionary(f => f.Name, f => f.Value)));
}
