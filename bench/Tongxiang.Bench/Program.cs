using Tongxiang.Bench;
using Tongxiang.Bench.Wire;

return args switch
{
    ["call", .. var rest] => await CallPath.Run(rest),
    ["landing", .. var rest] => await Landing.Run(rest),
    ["people", .. var rest] => await People.Run(rest),
    ["lookup", .. var rest] => await Lookup.Run(rest),
    ["search", .. var rest] => Search.Run(rest),
    ["behaviour", .. var rest] => Behaviour.Run(rest),
    ["nab", .. var rest] => Nab.Run(rest),
    ["evidence", .. var rest] => await Evidence.Run(rest),
    ["gateway", .. var rest] => await Table.Run(rest),
    ["plain", var port] => await Peers.Plain(port),
    ["hand-written", var port, var connection] => await Peers.HandWritten(port, connection),
    ["node-for-calls", .. var rest] => await CallNode.Run(rest),
    ["protect", .. var rest] => Protect.Run(rest),
    ["journal", .. var rest] => Journal.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("dotnet run -c Release --project bench/Tongxiang.Bench -- call [rows] | landing [rows] | people [rows] | lookup [rows] | search [entries] | behaviour [first seed] [last seed] [--ablation] | nab [folder] | evidence [callers] [folder] | protect [rounds] | gateway (see bench/gateway) | journal [disclosures]");
    return 2;
}
