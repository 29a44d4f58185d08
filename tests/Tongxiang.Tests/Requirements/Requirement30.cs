using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Catalog;
using Tongxiang.Tests.Lab;
using Tongxiang.Tests.Laws;
using Tongxiang.Tests.Server;
using Tongxiang.Warehouse;

namespace Tongxiang.Tests.Requirements;

/// <summary>GB/T 39786: SM2, SM3 and SM4 can be selected for signature, digest, storage and transport, all vectors of §3.9 pass, and keys can live in an external device.</summary>
public sealed class Requirement30
{
    [Theory, EveryStore]
    public async Task Requirement_30_the_national_profile_signs_digests_and_seals_with_sm2_sm3_and_sm4(Store store)
    {
        await using var lab = await LawNode.Start(store, settings: new Dictionary<string, string> { ["Node:NationalProfile"] = "true" });
        var entry = await lab.Publish(Samples.Open("公交站点", "Bus stops") with { Fields = [LawNode.Field("code", "编号", required: true)], Key = ["code"], LongitudeField = null, LatitudeField = null }, "stops");
        await lab.Land(entry, "code\nS1\n");

        // Signature and digest: checkpoints carry an SM2 line, and a tree of SM3 stands beside.
        var keys = (await lab.Get<EvidenceLog>().Open(default)).Keys;
        var sm2 = Assert.Single(keys, k => k.Algorithm == NoteAlgorithm.Sm2);
        await lab.Get<Sequencer>().Run(default);
        var note = Note.Parse(await lab.Node.Http.GetByteArrayAsync("/log/checkpoint"));
        Assert.Contains(sm2, note.Verify([sm2]));
        Assert.NotEmpty(await lab.Node.Http.GetByteArrayAsync("/log/sm3/checkpoint"));

        // Storage: the sealed file of the version names SM4.
        var version = lab.Get<Versions>().Current(entry.Id)!;
        Assert.Equal(SealAlgorithm.Sm4Gcm, (await lab.Get<VersionKeys>().Open(version.Id, default)).Algorithm);

        // Transport: TLCP ends in a front of its own, and the contract with it is written down.
        var said = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "keys.md"));
        Assert.Contains("TLCP (GB/T 38636)", said, StringComparison.Ordinal);
    }

    [Theory, EveryStore]
    public async Task Requirement_30_every_vector_of_the_reference_passes(Store store)
    {
        _ = store;
        await Task.CompletedTask;
        Assert.Equal("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", Hex(Sm3.Hash("abc"u8)));
        Assert.Equal("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732", Hex(Sm3.Hash(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abcd", 16))))));
        Assert.Equal("c85bedf24cda90298b777721b19c770e52e81c232e16ccaa5ed21b3bdb9a45bb", Hex(Sm3.Hash(Encoding.UTF8.GetBytes("政务数据"))));
        Assert.Equal("2e17ae601b82e03f4c5c5fe260e7acd52fa9bc96cc498dda5a0c4ea866451dee", Hex(Sm3.Hmac(Convert.FromHexString("000102030405060708090a0b0c0d0e0f"), "hello"u8)));
        var key = Convert.FromHexString("0123456789abcdeffedcba9876543210");
        Assert.Equal("681edf34d206965e86b3e94f536e4246", Hex(Sm4.Block(key, key, encrypt: true)));
        Assert.Equal("e6887b77dbabb572ffa07fed7548b192ceaace11f2b90b94c2b7a4d9382e471e", Hex(Sm4.EncryptCbc(key, new byte[16], "0123456789abcdef"u8)));
        // The signer's id is said, never assumed: another id is another signature.
        var (secret, open) = Sm2.Generate();
        var signature = Sm2.Sign(secret, "政务数据"u8, Sm2.DefaultSigner);
        Assert.Equal("1234567812345678", Sm2.DefaultSigner);
        Assert.True(Sm2.Verify(open, "政务数据"u8, signature, Sm2.DefaultSigner));
        Assert.False(Sm2.Verify(open, "政务数据"u8, signature, "8765432187654321"));
        Assert.Equal("政务数据"u8, Sm2.Decrypt(secret, Sm2.Encrypt(open, "政务数据"u8))!);
    }

    /// <summary>The device is played by SoftHSM behind PKCS#11; where it is absent this is skipped, visibly.</summary>
    [Fact]
    public async Task Requirement_30_the_master_key_lives_in_an_external_device()
    {
        using var device = new KeyDeviceTests();
        await device.A_node_keeps_its_master_key_in_a_device_and_its_folder_opens_nothing();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
