using System.CommandLine;
using Tongxiang.Server.Verbs;

// Without a verb the node starts with the demonstration region: that is what a newcomer wants to see.
var root = new RootCommand("通享 Tongxiang: share and open government data / 政务数据共享与公共数据开放平台");
root.Add(Serve.Verb());
root.Add(Migrate.Verb());
root.Add(Token.Verb());
root.Add(Proof.Verb());
root.Add(Import.Verb());
root.Add(ShowSettings.Verb());
root.Add(Verify.Verb());
return await root.Parse(args is [] or ["--", ..] || args[0].StartsWith("--", StringComparison.Ordinal) && !IsHelp(args[0]) ? ["serve", "--demonstration", .. args] : args).InvokeAsync();

static bool IsHelp(string word) => word is "--help" or "--version";
