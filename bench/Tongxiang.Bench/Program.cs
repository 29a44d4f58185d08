using Tongxiang.Bench;

return args switch
{
    ["search", .. var rest] => Search.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("dotnet run -c Release --project bench/Tongxiang.Bench -- search [entries]");
    return 2;
}
