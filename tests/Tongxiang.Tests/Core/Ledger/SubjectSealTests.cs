using System.Security.Cryptography;
using System.Text;
using Tongxiang.Core.Crypto;
using Tongxiang.Core.Ledger;

namespace Tongxiang.Tests.Core.Ledger;

public sealed class SubjectSealTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static SubjectSeal Seal(int number = 7, byte[]? secret = null) => new(number, SealAlgorithm.Aes256Gcm, secret ?? Secret);

    private static SubjectList List(params string[] ids)
    {
        var list = new SubjectList();
        foreach (var id in ids) list.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(id));
        return list;
    }

    [Fact]
    public void A_pseudonym_is_the_hmac_of_kind_and_identifier()
    {
        var key = Aead.Derive(SealAlgorithm.Aes256Gcm, Secret, [], "tongxiang journal pseudonym"u8);
        foreach (var id in new[] { "29010119800101001X", "", new string('9', 300) })
        {
            byte[] message = [(byte)SubjectKind.OwnKey, .. Encoding.UTF8.GetBytes(id)];
            var expected = HMACSHA256.HashData(key, message).AsSpan(0, 16);
            Assert.Equal(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(expected), Seal().Pseudonym(SubjectKind.OwnKey, Encoding.UTF8.GetBytes(id)));
        }
    }

    [Fact]
    public void A_small_check_letter_is_the_same_person_and_another_kind_is_not()
    {
        var seal = Seal();
        Assert.Equal(seal.Pseudonym(SubjectKind.Citizen, "29010119800101001X"u8), seal.Pseudonym(SubjectKind.Citizen, "29010119800101001x"u8));
        Assert.NotEqual(seal.Pseudonym(SubjectKind.Citizen, "29010119800101001X"u8), seal.Pseudonym(SubjectKind.OwnKey, "29010119800101001X"u8));
        Assert.NotEqual(seal.Pseudonym(SubjectKind.OwnKey, "ax"u8), seal.Pseudonym(SubjectKind.OwnKey, "aX"u8));
    }

    [Theory]
    [InlineData(SealAlgorithm.Aes256Gcm, 32)]
    [InlineData(SealAlgorithm.Sm4Gcm, 16)]
    public void A_record_opens_under_its_own_key_to_the_pseudonyms_in_order(SealAlgorithm algorithm, int size)
    {
        using var seal = new SubjectSeal(3, algorithm, Secret.AsSpan(0, size));
        using var list = List("29010119800101001X", " 290102198001010020 ", "", "290201198001010031");
        var record = seal.Seal(list);
        Assert.Equal((3, 3, SubjectSeal.Overhead + 48), (SubjectSeal.CountOf(record), SubjectSeal.KeyOf(record), record.Length));
        Assert.Equal([seal.Pseudonym(SubjectKind.Citizen, "29010119800101001X"u8), seal.Pseudonym(SubjectKind.Citizen, "290102198001010020"u8), seal.Pseudonym(SubjectKind.Citizen, "290201198001010031"u8)], seal.Open(record)!);
        Assert.NotEqual(record, seal.Seal(list));
    }

    [Fact]
    public void Another_key_and_a_changed_or_cut_record_open_nothing()
    {
        var record = Seal().Seal(List("29010119800101001X"));
        Assert.Null(Seal(number: 8).Open(record));
        Assert.Null(Seal(secret: [.. Secret.Reverse()]).Open(record));
        for (var i = 0; i < record.Length; i++)
        {
            byte[] changed = [.. record];
            changed[i] ^= 1;
            Assert.Null(Seal().Open(changed));
            Assert.Null(Seal().Open(record.AsSpan(0, i)));
        }
    }

    // Whoever has the files and every identity number there is, but not the key, finds nobody: under no key he can make does a pseudonym come out the same.
    [Fact]
    public void A_dictionary_without_the_key_finds_nobody()
    {
        using var list = List("29010119800101001X");
        var record = Seal().Seal(list);
        Assert.Equal(-1, record.AsSpan().IndexOf("29010119800101001X"u8));
        var held = Seal().Open(record)![0];
        foreach (var guess in new[] { new byte[32], [.. Secret.Select(b => (byte)(b ^ 1))], SHA256.HashData("journal:7"u8), SHA256.HashData("29010119800101001X"u8) })
            Assert.NotEqual(held, Seal(secret: guess).Pseudonym(SubjectKind.Citizen, "29010119800101001X"u8));
        Assert.NotEqual(held, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData([1, .. "29010119800101001X"u8])));
    }

    [Fact]
    public void A_thousand_persons_take_at_most_twenty_bytes_each()
    {
        using var list = List([.. Enumerable.Range(0, 1000).Select(i => $"29010119800101{i:0000}")]);
        Assert.InRange(Seal().Seal(list).Length / 1000.0, 16, 20);
    }

    [Fact]
    public void A_list_that_was_let_go_holds_nothing()
    {
        var list = List("29010119800101001X");
        list.Dispose();
        Assert.Equal(0, list.Count);
        foreach (var _ in list) Assert.Fail("A subject was left.");
    }
}
