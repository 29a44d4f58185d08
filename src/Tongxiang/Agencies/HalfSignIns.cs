using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A sign-in whose first half was right: who it is, and whether a second factor is asked for or must be set up first.</summary>
/// <param name="Key">This very half: what is offered to it is offered to no other, and it can be ended like a session.</param>
internal sealed record HalfSignIn(Id<Person> Person, string Stamp, bool MustEnrol, string Key, string? External);

/// <summary>Keeps the first half of a sign-in, sealed in a cookie of ten minutes, until the second factor comes; it opens nothing by itself.</summary>
internal sealed class HalfSignIns(IDataProtectionProvider protection, TimeProvider clock, NodeSettings settings)
{
    private const string Cookie = "tx-second";
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private readonly IDataProtector protector = protection.CreateProtector("agencies half sign-in");

    public void Keep(HttpContext http, HalfSignIn half)
    {
        var until = (clock.GetUtcNow() + Life).ToUnixTimeSeconds();
        var text = string.Join('\n', half.Person, half.Stamp, half.MustEnrol ? "enrol" : "code", until.ToString(CultureInfo.InvariantCulture), half.Key, half.External ?? "");
        http.Response.Cookies.Append(Cookie, Convert.ToBase64String(protector.Protect(Encoding.UTF8.GetBytes(text))), Options(http, Life));
    }

    public HalfSignIn? Read(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 and < 4000 } value) return null;
        try
        {
            var parts = Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(value))).Split('\n');
            if (parts is not [var person, var stamp, var what, var until, var key, var external]) return null;
            var isLate = clock.GetUtcNow().ToUnixTimeSeconds() >= long.Parse(until, CultureInfo.InvariantCulture);
            return isLate ? null : new HalfSignIn(Id<Person>.Parse(person, null), stamp, what == "enrol", key, external.Length > 0 ? external : null);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    public void Forget(HttpContext http)
    {
        if (http.Request.Cookies.ContainsKey(Cookie)) http.Response.Cookies.Delete(Cookie, Options(http, TimeSpan.Zero));
    }

    private CookieOptions Options(HttpContext http, TimeSpan age) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps || settings.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true,
        MaxAge = age,
        IsEssential = true,
        Path = "/",
    };
}
