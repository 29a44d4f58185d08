using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Identity;

namespace Tongxiang.Agencies;

/// <summary>Passwords as OWASP ASVS asks (level 2): long, any character, not common, not made of what everybody here would guess.</summary>
internal sealed class PasswordRules : IPasswordValidator<Account>
{
    private const int Shortest = 12;
    private const int Longest = 128;

    // Product, field and region: what a guesser tries first on this node.
    private static readonly string[] ContextWords = ["tongxiang", "通享", "password", "passw0rd", "mima", "密码", "zhengwu", "政务", "gongxiang", "shujuju", "数据局", "admin"];

    private static readonly FrozenSet<string> Common = Read();

    public Task<IdentityResult> ValidateAsync(UserManager<Account> manager, Account user, string? password) =>
        Task.FromResult(Flaw(password ?? "", user.UserName, user.Name) is { } flaw ? IdentityResult.Failed(new IdentityError { Code = flaw, Description = flaw }) : IdentityResult.Success);

    /// <summary>The text key of what is wrong, or null.</summary>
    public static string? Flaw(string password, string userName, string name)
    {
        var runes = password.EnumerateRunes().Count();
        if (runes < Shortest) return "agencies.password-short";
        if (runes > Longest) return "agencies.password-long";
        var plain = string.Concat(password.Select(Narrow)).ToLowerInvariant();
        if (Common.Contains(plain) || Common.Contains(plain.TrimEnd("0123456789!@#$%^&*.?".ToCharArray()))) return "agencies.password-common";
        // What is left when the guessable words are taken out must still be worth guessing.
        var rest = ContextWords.Append(userName.ToLowerInvariant()).Append(name.ToLowerInvariant()).Where(w => w.Length > 1).Aggregate(plain, (text, word) => text.Replace(word, "", StringComparison.Ordinal));
        if (rest.EnumerateRunes().Count() < 6 && rest.Length < plain.Length) return "agencies.password-context";
        return plain.EnumerateRunes().Distinct().Count() < 5 || IsRun(plain) ? "agencies.password-common" : null;
    }

    // Full-width letters and digits from a Chinese input method are the same to a guesser.
    private static char Narrow(char c) => c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;

    private static bool IsRun(string text)
    {
        var up = 0;
        var down = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == text[i - 1] + 1) up++;
            if (text[i] == text[i - 1] - 1) down++;
        }
        return Math.Max(up, down) >= text.Length - 3;
    }

    private static FrozenSet<string> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Tongxiang.Agencies.common-passwords.tsv")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => !l.StartsWith('#')).ToFrozenSet(StringComparer.Ordinal);
    }
}
