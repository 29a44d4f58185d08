using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

public sealed partial class Sessions
{
    /// <summary>The claim that says how the second factor was shown: <c>code</c>, <c>certificate</c> or <c>provider</c>.</summary>
    internal const string Factor = "tx:factor";

    /// <summary>Whether the first half of a sign-in waits for a code (false) or for a factor to be set up (true); null: nothing waits.</summary>
    public bool? Waiting(HttpContext http) => Half(http)?.MustEnrol;

    /// <summary>The second half: the code of whoever gave the right password a moment ago.</summary>
    public async Task<Outcome<Person>> Complete(HttpContext http, string code, CancellationToken ct)
    {
        if (Half(http) is not { MustEnrol: false } half || directory.Person(half.Person) is not { } person) return new Refusal(401, "agencies.factor-late");
        if (await factors.Check(half.Person, code, http.Connection.RemoteIpAddress, ct) is { } wrong) return wrong;
        return await Begin(http, person, half.Stamp, "code", half.External, ct, half.Key);
    }

    /// <summary>A key to set up, for somebody signed in or for whoever must set one up to sign in; each session and half sign-in gets its own.</summary>
    public async Task<Outcome<SecondFactorOffer>> Offer(HttpContext http, CancellationToken ct) =>
        Enrolling(http) is (var id, var holder) ? await factors.Begin(id, holder, ct) : new Refusal(401, "agencies.sign-in-first");

    /// <summary>Sets it up with its first code; whoever needed it to sign in has then signed in. The answer is the recovery codes, shown once.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> Confirm(HttpContext http, string code, CancellationToken ct)
    {
        if (Enrolling(http) is not (var id, var holder)) return new Refusal(401, "agencies.sign-in-first");
        var half = http.Caller().Person is null ? Half(http) : null;
        var codes = await factors.Confirm(id, holder, code, http.Connection.RemoteIpAddress, ct);
        if (!codes.IsRefused && half is not null && directory.Person(id) is { } person) await Begin(http, person, half.Stamp, "code", half.External, ct, half.Key);
        return codes;
    }

    private (Id<Person> Person, string Holder)? Enrolling(HttpContext http) =>
        http.Caller() is { Person: { } own, Client: null } && http.User.FindFirstValue("sid") is { } session ? (own, "session " + session)
        : Half(http) is { MustEnrol: true } half ? (half.Person, "half " + half.Key) : null;

    // A stamp that changed in between (new password, disabled) ends the half too, and so does the provider it came from.
    private HalfSignIn? Half(HttpContext http) => halves.Read(http) is { } half && directory.Stamp(half.Person) == half.Stamp && !ended.ContainsKey(half.Key) ? half : null;

    /// <summary>Goes on from a first half that was right: begins the session, or keeps the half and says what is missing.</summary>
    private async Task<Outcome<Person>> Proceed(HttpContext http, Person person, string stamp, string? code, string? external, CancellationToken ct)
    {
        if (person.Roles.Count == 0) return Refusal.Forbidden("agencies.no-role-yet");
        if (factors.Use == SecondFactorUse.Off) return await Begin(http, person, stamp, null, external, ct);
        if (await factors.IsShown(http, person.Id, ct)) return await Begin(http, person, stamp, "certificate", external, ct);
        var isOn = (await factors.Of(person.Id, ct)).IsOn;
        if (isOn && code is not null)
            return await factors.Check(person.Id, code, http.Connection.RemoteIpAddress, ct) is { } wrong ? wrong : await Begin(http, person, stamp, "code", external, ct);
        var isMissing = SecondFactorRules.IsMissing(factors.Use, person.Roles, hasFactor: false);
        if (!isOn && !isMissing) return await Begin(http, person, stamp, null, external, ct);
        var half = new HalfSignIn(person.Id, stamp, MustEnrol: !isOn, NewKey(), external);
        if (external is not null) await db.Commit(tx => Origin(tx, half.Key, external, clock.GetUtcNow() + HalfSignIns.Life), ct);
        halves.Keep(http, half);
        return isOn ? new Refusal(401, "agencies.factor-asked") : Refusal.Forbidden("agencies.factor-needed");
    }
}
