using System.Buffers;
using System.Text;
using Tongxiang.Core.Ledger;
using Tongxiang.Evidence;
using Tongxiang.Kernel;
using Tongxiang.Tests.Lab;

namespace Tongxiang.Tests.Evidence;

public sealed class DisclosuresTests
{
    private const string People = "0199a000-0000-7000-8000-000000000001";
    private const string Pupils = "0199a000-0000-7000-8000-000000000002";

    private static async Task<Receipt> Disclose(EvidenceLab lab, string scope, string[] ids, string kind = "gateway.answered", string agency = "a1", string grant = "SQ-1")
    {
        using var subjects = new SubjectList();
        foreach (var id in ids) subjects.Add(SubjectKind.Citizen, Encoding.UTF8.GetBytes(id));
        (string, string)[] facts = [("resource", scope == People ? "people" : "pupils"), ("grant", grant), ("operator", "o1"), .. kind == "gateway.answered" ? [("rows", $"{ids.Length}")] : Array.Empty<(string, string)>()];
        return await lab.Log.Witness(lab.Happened(kind, agency, facts: facts) with { Disclosed = new Disclosed(scope, subjects) }, default);
    }

    private static Task<DisclosureCount> Count(EvidenceLab lab, DisclosureScope? scope = null) =>
        new Disclosures(lab.Lab.Db, lab.Log).Count(scope ?? new DisclosureScope(), lab.Lab.Clock.GetUtcNow().AddDays(-40), lab.Lab.Clock.GetUtcNow().AddDays(1), default);

    [Theory, EveryStore]
    public async Task Persons_are_counted_once_in_their_resource_and_month_whether_indexed_or_not(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        await Disclose(lab, People, ["p1", "p2"]);
        await Disclose(lab, People, ["p2", "p3"], agency: "a2", grant: "SQ-2");
        await lab.Sequencer.Run(default);
        await Disclose(lab, Pupils, ["p1"]);
        await Disclose(lab, People, ["p1", "p2", "p9"], kind: Disclosures.PartKind);
        await lab.Log.Witness(lab.Happened("gateway.refused", "a1", facts: [("resource", "people"), ("grant", "SQ-1")]), default);
        for (var again = 0; again < 2; again++, await lab.Sequencer.Run(default))
        {
            var all = await Count(lab);
            Assert.Equal((3, 5, 4, 5, 0, 0), (all.Calls, all.Records, all.PersonsAtLeast, all.PersonsAtMost, all.Lost, all.Changed));
            Assert.False(all.IsExact);
            var one = await Count(lab, new DisclosureScope { Grant = "SQ-1", Resource = "people" });
            Assert.Equal((1, 2, 3, true), (one.Calls, one.Records, one.PersonsAtMost, one.IsExact));
            Assert.Equal((2, 2), ((await Count(lab, new DisclosureScope { Agency = "a2" })).Records, (await Count(lab, new DisclosureScope { Agency = "a2" })).PersonsAtMost));
            Assert.Equal(0, (await Count(lab, new DisclosureScope { Operative = "o2" })).Calls);
            Assert.Equal(3, (await Count(lab, new DisclosureScope { Operative = "o1", Actor = "p1" })).Calls);
        }
        Assert.Equal([People, Pupils], (await Count(lab)).Groups.Select(g => g.Scope).Order());
    }

    [Theory, EveryStore]
    public async Task Another_month_has_another_key_and_its_persons_are_a_range(Store store)
    {
        await using var lab = await EvidenceLab.Open(store, national: true);
        await Disclose(lab, People, ["p1", "p2"]);
        lab.Lab.Clock.Advance(TimeSpan.FromDays(30));
        await Disclose(lab, People, ["p1"]);
        var count = await Count(lab);
        Assert.Equal((2, 3), (count.PersonsAtLeast, count.PersonsAtMost));
        Assert.Equal([202609, 202610], count.Groups.Select(g => g.Month).Order());
    }

    [Theory, EveryStore]
    public async Task After_its_key_is_destroyed_a_record_is_lost_and_the_entry_still_proved(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var receipt = await Disclose(lab, People, ["p1"]);
        await lab.Sequencer.Run(default);
        var key = await lab.Log.Journal.Find(People, 202609, default);
        Assert.True(await lab.Lab.Db.Commit(tx => lab.Log.Journal.Erase(tx, key!), default));
        Assert.False(await lab.Lab.Db.Commit(tx => lab.Log.Journal.Erase(tx, key!), default));
        Assert.Null(await lab.Log.Journal.Open(key!.Number, default));
        var count = await Count(lab);
        Assert.Equal((1, 0, 1), (count.Calls, count.PersonsAtMost, count.Lost));
        var (proof, keys) = (await lab.Log.Prove(receipt.Index, default))!.Value;
        proof.Verify(TreeHash.Sha256, new Digest(receipt.Leaf), receipt.Origin, keys);
        Assert.NotNull(await lab.Openings.Find(new OpeningReader(null, IsAuditor: true), receipt.Index, default));
        // A key that is gone seals nothing more: the call is refused rather than unrecorded.
        await Assert.ThrowsAsync<System.Security.Cryptography.CryptographicException>(() => Disclose(lab, People, ["p1"]));
    }

    [Theory, EveryStore]
    public async Task A_record_put_beside_another_entry_is_found(Store store)
    {
        await using var lab = await EvidenceLab.Open(store);
        var first = await Disclose(lab, People, ["p1"]);
        var second = await Disclose(lab, People, ["p2"]);
        var book = await lab.Log.Open(default);
        var (other, own) = (JournalForm.Record(book.Log.Read(first.Index).Opening).ToArray(), JournalForm.Record(book.Log.Read(second.Index).Opening).ToArray());
        await lab.Log.DisposeAsync();
        Swap(Directory.EnumerateFiles(lab.Lab.Home.Log, "*.seg").Single(), own, other);
        lab.Restart();
        var count = await Count(lab);
        Assert.Equal((1, 1, false), (count.Changed, count.PersonsAtMost, count.IsExact));
    }

    // An attacker with the disk makes the frame's checksum right again; the entry's digest is what he cannot reach.
    private static void Swap(string segment, byte[] own, byte[] other)
    {
        var bytes = File.ReadAllBytes(segment);
        var at = bytes.AsSpan().IndexOf(own);
        Assert.True(at > 0);
        other.CopyTo(bytes, at);
        for (int frame = 0, length; (length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(frame + 4)) + Frame.HeadSize) > Frame.HeadSize; frame += length)
        {
            if (at < frame || at >= frame + length) continue;
            var buffer = new ArrayBufferWriter<byte>();
            Frame.Begin(buffer);
            buffer.Write(bytes.AsSpan(frame + Frame.HeadSize, length - Frame.HeadSize));
            Frame.Finish(buffer, Frame.First(bytes.AsSpan(frame)), Frame.Count(bytes.AsSpan(frame)));
            buffer.WrittenSpan.CopyTo(bytes.AsSpan(frame));
            break;
        }
        File.WriteAllBytes(segment, bytes);
    }
}
