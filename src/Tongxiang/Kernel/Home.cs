namespace Tongxiang.Kernel;

/// <summary>The folders of a node's data. Scratch is emptied at every start and belongs in no backup; serving copies can be rebuilt.</summary>
public sealed class Home
{
    public Home(string root)
    {
        Root = Path.GetFullPath(root);
        foreach (var folder in new[] { Root, Log, Versions, Serving, Scratch, Uploads, Quarantine, Packages, Keys }) Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Root { get; }
    public string ControlFile => Path.Combine(Root, "control.db");
    public string Log => Path.Combine(Root, "log");
    public string Versions => Path.Combine(Root, "versions");
    public string Serving => Path.Combine(Root, "serving");
    public string Scratch => Path.Combine(Root, "scratch");
    public string Uploads => Path.Combine(Root, "uploads");
    public string Quarantine => Path.Combine(Root, "quarantine");
    public string Packages => Path.Combine(Root, "packages");
    public string Keys => Path.Combine(Root, "keys");
}
