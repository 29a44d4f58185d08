using System.Data.Common;
using System.Text.RegularExpressions;
using Tongxiang.Core.Elements;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>Writes the directory: agencies, divisions, heads of sharing offices, certificates of competence.</summary>
public sealed partial class Roster(Db db, TimeProvider clock, EvidenceLog evidence, Directory directory)
{
    /// <summary>Registers an agency; the slug and the credit code must be free and well formed.</summary>
    public async Task<Outcome<Agency>> Add(Caller caller, Agency agency, CancellationToken ct)
    {
        if (!MayAdminister(caller, agency.Bureau)) return Refusal.Forbidden("agencies.only-administrator");
        var errors = Errors(agency).ToArray();
        if (errors.Length > 0) return Refusal.Invalid(errors);
        var now = clock.GetUtcNow();
        try
        {
            await db.Commit(async tx =>
            {
                await Insert(tx, agency, now);
                await Changes.Record(tx, "agency", agency.Id.ToString(), now);
                await evidence.Append(tx, new Happening("agencies.agency-added", caller.Actor, caller.Agency?.ToString(), $"agency:{agency.Id}", now,
                    new Dictionary<string, string> { ["slug"] = agency.Slug, ["kind"] = agency.Kind.ToString(), ["division"] = agency.Division }));
            }, ct);
        }
        catch (DbException e) when (Dialect.IsDuplicate(e))
        {
            return Refusal.Conflict("agencies.slug-taken", agency.Slug);
        }
        await directory.Refresh(ct);
        return agency;
    }

    internal static Task<int> Insert(Tx tx, Agency agency, DateTimeOffset now) => tx.Run(
        $"""
        insert into agencies_agency (id, slug, credit_code, name, name_en, kind, division, bureau, phone, email, created_at)
        values ({agency.Id}, {agency.Slug}, {agency.CreditCode}, {agency.Name}, {agency.NameEn}, {agency.Kind}, {agency.Division}, {agency.Bureau}, {agency.Phone}, {agency.Email}, {now})
        """);

    /// <summary>Loads a dated division list; rows that are there already are replaced.</summary>
    public async Task LoadDivisions(IEnumerable<Division> divisions, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            var count = 0;
            foreach (var d in divisions)
            {
                if (!SixDigits().IsMatch(d.Code)) throw new ArgumentException($"'{d.Code}' is no division code: six digits are needed.", nameof(divisions));
                await tx.Run(
                    $"""
                    insert into agencies_division (list, code, valid_from, valid_to, name, name_en)
                    values ({d.List}, {d.Code}, {d.ValidFrom}, {d.ValidTo}, {d.Name}, {d.NameEn})
                    on conflict (list, code, valid_from) do update set valid_to = excluded.valid_to, name = excluded.name, name_en = excluded.name_en
                    """);
                count++;
            }
            await Changes.Record(tx, "divisions", $"{count}", now);
        }, ct);
        await directory.Refresh(ct);
    }

    /// <summary>Appoints the head of an agency's sharing office; the one before ends at the same moment (Order 809 art. 11).</summary>
    public async Task<Outcome<Person>> Appoint(Caller caller, Id<Agency> agency, Id<Person> person, CancellationToken ct)
    {
        if (!MayAdminister(caller, agency)) return Refusal.Forbidden("agencies.only-administrator");
        if (directory.Person(person) is not { } head || head.Agency != agency) return Refusal.NotFound("person");
        if (!head.Roles.Contains(Role.SharingOfficeHead)) return new Refusal(422, "agencies.not-head", head.Name);
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run($"update agencies_appointment set until_at = {now} where agency = {agency} and until_at is null");
            await tx.Run(
                $"""
                insert into agencies_appointment (id, agency, person, from_at, given_by)
                values ({Id<Person>.New(clock)}, {agency}, {person}, {now}, {caller.Actor})
                """);
            await Changes.Record(tx, "appointment", agency.ToString(), now);
            await evidence.Append(tx, new Happening("agencies.appointed", caller.Actor, caller.Agency?.ToString(), $"agency:{agency}", now, new Dictionary<string, string> { ["person"] = person.ToString() }));
        }, ct);
        await directory.Refresh(ct);
        return head;
    }

    /// <summary>Who heads and headed the agency's sharing office, newest first.</summary>
    public Task<IReadOnlyList<Appointment>> Appointments(Id<Agency> agency, CancellationToken ct) => db.List(
        $"select id, agency, person, from_at, until_at, given_by from agencies_appointment where agency = {agency} order by from_at desc, id desc",
        r => new Appointment(r.Id<Appointment>(0), r.Id<Agency>(1), r.Id<Person>(2), r.Instant(3), r.InstantOrNull(4), r.GetString(5)), ct);

    /// <summary>Records a certificate of competence, such as the training of a data steward.</summary>
    public async Task<Outcome<Certificate>> Certify(Caller caller, Certificate certificate, CancellationToken ct)
    {
        if (directory.Person(certificate.Person) is not { } person) return Refusal.NotFound("person");
        if (!MayAdminister(caller, person.Agency)) return Refusal.Forbidden("agencies.only-administrator");
        if (certificate.ValidTo <= certificate.ValidFrom) return Refusal.Invalid(new FieldError("validTo", "agencies.certificate-days", certificate.ValidTo));
        var now = clock.GetUtcNow();
        await db.Commit(async tx =>
        {
            await tx.Run(
                $"""
                insert into agencies_certificate (id, person, kind, number, issuer, valid_from, valid_to)
                values ({certificate.Id}, {certificate.Person}, {certificate.Kind}, {certificate.Number}, {certificate.Issuer}, {certificate.ValidFrom}, {certificate.ValidTo})
                """);
            await evidence.Append(tx, new Happening("agencies.certified", caller.Actor, caller.Agency?.ToString(), $"person:{certificate.Person}", now, new Dictionary<string, string> { ["certificate"] = certificate.Id.ToString() }));
        }, ct);
        return certificate;
    }

    public Task<IReadOnlyList<Certificate>> CertificatesOf(Id<Person> person, CancellationToken ct) =>
        db.List($"select id, person, kind, number, issuer, valid_from, valid_to from agencies_certificate where person = {person} order by valid_from",
            r => new Certificate(r.Id<Certificate>(0), r.Id<Person>(1), r.GetString(2), r.GetString(3), r.GetString(4), r.Day(5), r.DayOrNull(6)), ct);

    /// <summary>The platform itself, the agency's own system administrator, and that of the bureau in charge.</summary>
    private bool MayAdminister(Caller caller, Id<Agency>? agency) =>
        caller == Caller.Platform || (caller.Has(Role.SystemAdmin) && caller.Agency is { } own && agency is { } target && (own == target || directory.Find(target)?.Bureau == own));

    internal static IEnumerable<FieldError> Errors(Agency agency)
    {
        if (!Slug().IsMatch(agency.Slug)) yield return new FieldError("slug", "agencies.slug-form", agency.Slug);
        if (agency.Name.Trim().Length is < 2 or > 100) yield return new FieldError("name", "agencies.name-length", agency.Name.Length);
        if (agency.NameEn.Trim().Length is < 2 or > 200) yield return new FieldError("nameEn", "agencies.name-length", agency.NameEn.Length);
        if (!SixDigits().IsMatch(agency.Division)) yield return new FieldError("division", "agencies.division-form", agency.Division);
        if (CreditCode.Check(agency.CreditCode) >= Flaw.Missing) yield return new FieldError("creditCode", "agencies.credit-code", agency.CreditCode);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{1,59}$")]
    private static partial Regex Slug();

    [GeneratedRegex("^[0-9]{6}$")]
    private static partial Regex SixDigits();
}

/// <summary>A head of a sharing office from one moment to another; null: still.</summary>
public sealed record Appointment(Id<Appointment> Id, Id<Agency> Agency, Id<Person> Person, DateTimeOffset From, DateTimeOffset? Until, string GivenBy);

/// <summary>Proof that a person is trained for a task (上岗证书).</summary>
public sealed record Certificate(Id<Certificate> Id, Id<Person> Person, string Kind, string Number, string Issuer, DateOnly ValidFrom, DateOnly? ValidTo);
