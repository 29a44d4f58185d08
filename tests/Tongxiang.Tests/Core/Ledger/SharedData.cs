namespace Tongxiang.Tests.Core.Ledger;

/// <summary>The vectors that lie beside the checkout; a test that needs them is skipped where they are absent.</summary>
internal static class SharedData
{
    public static string Audit(string path)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!File.Exists(Path.Combine(at.FullName, "Tongxiang.slnx")))
                continue;
            var found = Path.GetFullPath(Path.Combine(at.FullName, "..", "shared", "data", "audit", path));
            Assert.SkipUnless(Path.Exists(found), $"{path} of the shared audit vectors is absent");
            return found;
        }
        Assert.Skip("not run from a checkout");
        return "";
    }
}
