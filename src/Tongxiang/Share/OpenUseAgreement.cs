using System.Text.Json;
using Tongxiang.Kernel;

namespace Tongxiang.Share;

/// <summary>The open-use agreement (开放利用协议): each version's text stays on record once somebody accepted it.</summary>
public sealed record OpenUseAgreement(string Version, string Chinese, string English)
{
    public static OpenUseAgreement Current { get; } = Read();

    public string Digest => Applications.Digest(Chinese + "\n" + English);

    public string Text(string language) => language == Texts.English ? English : Chinese;

    internal Task Keep(Tx tx, DateTimeOffset at) => tx.Run(
        $"""
        insert into share_agreement (version, chinese, english, digest, recorded_at) values ({Version}, {Chinese}, {English}, {Digest}, {at})
        on conflict (version) do nothing
        """);

    private static OpenUseAgreement Read()
    {
        using var stream = typeof(OpenUseAgreement).Assembly.GetManifestResourceStream("Tongxiang.Share.agreement.json")!;
        var text = JsonSerializer.Deserialize<Lines>(stream, Wire.Json)!;
        return new OpenUseAgreement(text.Version, string.Join('\n', text.Chinese), string.Join('\n', text.English));
    }

    private sealed record Lines(string Version, string[] Chinese, string[] English);
}
