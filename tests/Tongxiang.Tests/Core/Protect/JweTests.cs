using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tongxiang.Core.Protect;

namespace Tongxiang.Tests.Core.Protect;

public sealed class JweTests
{
    // RFC 7518, appendix C.
    [Fact]
    public void The_published_example_of_key_agreement_comes_out()
    {
        using var alice = Key("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0", "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps", "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo");
        using var bob = Key("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw");
        var secret = alice.DeriveRawSecretAgreement(bob.PublicKey);
        Assert.Equal("VqqN6vgjbSBcIijNcacQGg", Base64Url.EncodeToString(Jwe.Derive(secret, "A128GCM", "Alice"u8, "Bob"u8, 128)));
    }

    [Fact]
    public void Another_library_opens_a_sealed_cell()
    {
        using var consumer = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        foreach (var value in (string[])["11010519491231002X", "欧阳修", "", new('长', 3_000)])
        {
            var cell = Seal(consumer, value);
            Assert.Equal(value, Encoding.UTF8.GetString(Open(consumer, cell)));
        }
    }

    [Fact]
    public async Task The_library_of_node_opens_a_sealed_cell()
    {
        using var consumer = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var key = consumer.ExportParameters(true);
        var jwk = new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(key.Q.X!),
            ["y"] = Base64Url.EncodeToString(key.Q.Y!),
            ["d"] = Base64Url.EncodeToString(key.D!),
        };
        // Node's own cryptography, none of ours: agreement, Concat KDF and AES-GCM as a consumer would write them from the RFC.
        const string script =
            """
            const { createPrivateKey, createPublicKey, diffieHellman, createHash, createDecipheriv } = require('node:crypto');
            const [jwk, jwe] = [JSON.parse(process.argv[1]), process.argv[2].split('.')];
            const header = JSON.parse(Buffer.from(jwe[0], 'base64url'));
            const z = diffieHellman({ privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicKey: createPublicKey({ key: header.epk, format: 'jwk' }) });
            const n = v => { const b = Buffer.alloc(4); b.writeUInt32BE(v); return b; };
            const cek = createHash('sha256').update(Buffer.concat([n(1), z, n(7), Buffer.from('A256GCM'), n(0), n(0), n(256)])).digest();
            const open = createDecipheriv('aes-256-gcm', cek, Buffer.from(jwe[2], 'base64url'));
            open.setAAD(Buffer.from(jwe[0])); open.setAuthTag(Buffer.from(jwe[4], 'base64url'));
            process.stdout.write(Buffer.concat([open.update(Buffer.from(jwe[3], 'base64url')), open.final()]).toString('utf8'));
            """;
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", script, jwk.ToJsonString(), Seal(consumer, "欧阳修")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (text, wrong) = (await node.StandardOutput.ReadToEndAsync(), await node.StandardError.ReadToEndAsync());
        Assert.Equal(("欧阳修", ""), (text, wrong));
    }

    [Fact]
    public void A_cell_of_another_column_does_not_open()
    {
        using var consumer = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var (name, id) = (Seal(consumer, "张三", "people/name").Split('.'), Seal(consumer, "11010519491231002X", "people/id").Split('.'));
        Assert.ThrowsAny<CryptographicException>(() => Open(consumer, string.Join('.', [name[0], .. id[1..]])));
        var changed = $"{name[0]}..{name[2]}.{(name[3][0] == 'A' ? 'B' : 'A')}{name[3][1..]}.{name[4]}";
        Assert.ThrowsAny<CryptographicException>(() => Open(consumer, changed));
    }

    [Fact]
    public void No_two_cells_of_the_same_value_look_alike()
    {
        using var consumer = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var jwe = new Jwe(consumer.ExportParameters(false).Q, "k1", "people/name");
        var seen = Enumerable.Range(0, 1_000).Select(_ => new CellOperator(jwe.Seal).Run("张三")).ToHashSet();
        Assert.Equal(1_000, seen.Count);
    }

    [Fact]
    public async Task Openssl_opens_a_cell_sealed_to_an_sm2_key()
    {
        var folder = Directory.CreateTempSubdirectory();
        var pem = Path.Combine(folder.FullName, "key.pem");
        await Openssl("genpkey", "-algorithm", "SM2", "-out", pem);
        await Openssl("pkey", "-in", pem, "-pubout", "-outform", "DER", "-out", pem + ".pub");
        var point = (await File.ReadAllBytesAsync(pem + ".pub"))[^65..];
        var cell = Sm2Cell.Of(point, "k2").Run("欧阳修");
        Assert.StartsWith("sm2.k2.", cell, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(pem + ".sealed", Base64Url.DecodeFromChars(cell.Split('.')[2]));
        await Openssl("pkeyutl", "-decrypt", "-inkey", pem, "-in", pem + ".sealed", "-out", pem + ".open");
        Assert.Equal("欧阳修", await File.ReadAllTextAsync(pem + ".open"));
        folder.Delete(recursive: true);
    }

    private static async Task Openssl(params string[] arguments)
    {
        using var run = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardError = true })!;
        var said = await run.StandardError.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, said);
    }

    private static string Seal(ECDiffieHellman consumer, string value, string field = "people/name")
    {
        using var jwe = new Jwe(consumer.ExportParameters(false).Q, "k1", field);
        return new CellOperator(jwe.Seal).Run(value);
    }

    // Written against the RFC with the platform's cryptography, apart from the code that seals.
    private static byte[] Open(ECDiffieHellman consumer, string compact)
    {
        var parts = compact.Split('.');
        var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement;
        Assert.Equal(("ECDH-ES", "A256GCM", "k1", ""), (header.GetProperty("alg").GetString(), header.GetProperty("enc").GetString(), header.GetProperty("kid").GetString(), parts[1]));
        var epk = header.GetProperty("epk");
        using var theirs = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(epk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(epk.GetProperty("y").GetString()) },
        });
        byte[] before = [0, 0, 0, 1];
        byte[] after = [0, 0, 0, 7, .. "A256GCM"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
        using var aes = new AesGcm(consumer.DeriveKeyFromHash(theirs.PublicKey, HashAlgorithmName.SHA256, before, after), 16);
        var text = new byte[Base64Url.DecodeFromChars(parts[3]).Length];
        aes.Decrypt(Base64Url.DecodeFromChars(parts[2]), Base64Url.DecodeFromChars(parts[3]), Base64Url.DecodeFromChars(parts[4]), text, Encoding.ASCII.GetBytes(parts[0]));
        return text;
    }

    private static ECDiffieHellman Key(string x, string y, string d) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
        D = Base64Url.DecodeFromChars(d),
    });
}
