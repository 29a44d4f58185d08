using Tongxiang.Bench;

return args switch
{
    ["lookup", .. var rest] => await Lookup.Run(rest),
    ["search", .. var rest] => Search.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("dotnet run -c Release --project bench/Tongxiang.Bench -- lookup [rows] | search [entries]");
    return 2;
}
