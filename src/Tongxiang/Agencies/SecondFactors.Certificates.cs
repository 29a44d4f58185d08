using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A certificate on a person's card or token, known by its SHA-256.</summary>
public sealed record PersonCertificate(Id<PersonCertificate> Id, string Thumbprint, string Name, DateTimeOffset NotAfter, DateTimeOffset AddedAt);

public sealed partial class SecondFactors
{
    private const int MostCertificates = 5;
    private const int LongestPem = 8_000;

    /// <summary>Registers the person's certificate: where the node or its front asks for certificates (mutual TLS), showing it is the second factor.</summary>
    /// <param name="pem">The certificate alone; the private key stays on the card.</param>
    /// <param name="code">Of the authenticator, where one is set up: an open session alone adds no second way in.</param>
    public async Task<Outcome<PersonCertificate>> AddCertificate(Caller caller, string pem, string? code, IPAddress? address, CancellationToken ct)
    {
        if (caller is not { Person: { } id, Client: null } || directory.Person(id) is not { } person) return new Refusal(401, "agencies.sign-in-first");
        if (settings.SecondFactor == SecondFactorUse.Off) return Refusal.Conflict("agencies.factor-off");
        if (pem.Length > LongestPem) return Refusal.Invalid(new FieldError("pem", "kernel.too-long", LongestPem, pem.Length));
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) return Refusal.Invalid(new FieldError("pem", "agencies.certificate-private"));
        if (Read(pem) is not { } certificate) return Refusal.Invalid(new FieldError("pem", "agencies.certificate-form"));
        using (certificate)
        {
            var now = clock.GetUtcNow();
            if (certificate.NotAfter <= now.LocalDateTime) return Refusal.Invalid(new FieldError("pem", "agencies.certificate-ended", WorkCalendar.Day(certificate.NotAfter.ToUniversalTime())));
            if ((await CertificatesOf(id, ct)).Count >= MostCertificates) return Refusal.Conflict("agencies.certificate-many", MostCertificates);
            if (await Load(id, ct) is not null)
            {
                if (string.IsNullOrWhiteSpace(code)) return Refusal.Invalid(new FieldError("code", "agencies.certificate-code"));
                if (await Check(id, code, address, ct) is { } wrong) return wrong;
            }
            var made = new PersonCertificate(Id<PersonCertificate>.New(clock), Certificates.Thumbprint(certificate), certificate.Subject, certificate.NotAfter.ToUniversalTime(), now);
            try
            {
                await db.Commit(async tx =>
                {
                    await tx.Run(
                        $"""
                        insert into agencies_person_certificate (id, person, thumbprint, name, not_after, added_at)
                        values ({made.Id}, {id}, {made.Thumbprint}, {made.Name}, {made.NotAfter}, {now})
                        """);
                    await evidence.Append(tx, Said(person, caller.Actor, "agencies.person-certificate", now));
                }, ct);
            }
            catch (DbException e) when (Dialect.IsDuplicate(e))
            {
                return Refusal.Conflict("agencies.certificate-known");
            }
            return made;
        }
    }

    public async Task<Outcome<bool>> WithdrawCertificate(Caller caller, Id<PersonCertificate> certificate, CancellationToken ct)
    {
        if (caller is not { Person: { } id, Client: null } || directory.Person(id) is not { } person) return new Refusal(401, "agencies.sign-in-first");
        var now = clock.GetUtcNow();
        var isGone = await db.Commit(async tx =>
        {
            if (await tx.Run($"update agencies_person_certificate set until_at = {now} where id = {certificate} and person = {id} and until_at is null") == 0) return false;
            await evidence.Append(tx, Said(person, caller.Actor, "agencies.person-certificate-withdrawn", now));
            return true;
        }, ct);
        return isGone ? true : Refusal.NotFound("certificate");
    }

    /// <summary>Whether the connection shows a certificate of this person that holds today.</summary>
    internal async Task<bool> IsShown(HttpContext http, Id<Person> id, CancellationToken ct) =>
        settings.SecondFactor != SecondFactorUse.Off && Certificates.Shown(http) is { } thumbprint
        && (await CertificatesOf(id, ct)).Any(c => c.Thumbprint == thumbprint && c.NotAfter > clock.GetUtcNow());

    private Task<IReadOnlyList<PersonCertificate>> CertificatesOf(Id<Person> id, CancellationToken ct) => db.List(
        $"select id, thumbprint, name, not_after, added_at from agencies_person_certificate where person = {id} and until_at is null order by added_at",
        r => new PersonCertificate(r.Id<PersonCertificate>(0), r.GetString(1), r.GetString(2), r.Instant(3), r.Instant(4)), ct);

    private static X509Certificate2? Read(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
