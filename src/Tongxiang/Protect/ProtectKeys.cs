using System.Collections.Frozen;
using System.Text;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Core.Crypto;
using Tongxiang.Evidence;
using Tongxiang.Kernel;

namespace Tongxiang.Protect;

/// <summary>The keys of pseudonyms and tokens: one for each consumer and family of resources, derived from the node's key, changed by raising its epoch.</summary>
public sealed class ProtectKeys(Db db, NodeKey node, EvidenceLog evidence, NodeSettings settings, TimeProvider clock)
{
    /// <summary>The family of pseudonyms that join the resources of one consumer.</summary>
    public const string Joined = "joined";

    private readonly byte[] root = node.Derive("protect pseudonyms and tokens");
    private volatile State state = new(FrozenDictionary<(string, string), long>.Empty, 0);

    internal SealAlgorithm Algorithm { get; } = settings.NationalProfile ? SealAlgorithm.Sm4Gcm : SealAlgorithm.Aes256Gcm;

    /// <summary>Grows with every change of an epoch.</summary>
    public long Generation => state.Count;

    /// <summary>The key in force.</summary>
    /// <param name="consumer">Id of the agency or person that receives.</param>
    /// <param name="family">Id of the entry, or <see cref="Joined"/>.</param>
    /// <param name="use">What it is for, down to field or kind.</param>
    internal byte[] Of(string consumer, string family, string use) =>
        Aead.Derive(Algorithm, root, Encoding.UTF8.GetBytes(consumer), Encoding.UTF8.GetBytes($"{use}\n{family}\n{state.Epochs.GetValueOrDefault((consumer, family))}"));

    /// <summary>Gives a consumer new pseudonyms and tokens from now on; what it holds does not match them any more. The provider's head decides on its resource, the bureau's security officer on what joins resources.</summary>
    public async Task<Outcome<long>> Rotate(Caller caller, Id<Agency> consumer, Entry? entry, string reason, CancellationToken ct)
    {
        if (entry is null ? !(caller.IsBureau && caller.Has(Role.SecurityAdmin)) : !caller.Has(Role.SharingOfficeHead, entry.Agency)) return Refusal.Forbidden("protect.not-rotating");
        if (reason.Trim().Length is < 4 or > 500) return Refusal.Invalid(new FieldError("reason", "protect.reason", 4, 500));
        var (family, now) = (entry?.Id.ToString() ?? Joined, clock.GetUtcNow());
        var epoch = await db.Commit(async tx =>
        {
            var last = await tx.One($"select coalesce(max(epoch), 0) from protect_epoch where consumer = {consumer} and family = {family}", r => r.GetInt64(0));
            await tx.Run($"insert into protect_epoch (consumer, family, epoch, reason, made_by, made_at) values ({consumer}, {family}, {last + 1}, {reason}, {caller.Actor}, {now})");
            var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["consumer"] = consumer.ToString(), ["family"] = family, ["epoch"] = $"{last + 1}" };
            var happening = new Happening("protect.rotated", caller.Actor, caller.Agency?.ToString(), entry is null ? $"agency:{consumer}" : $"entry:{entry.Id}", now, facts);
            await evidence.Append(tx, happening with { Parties = [consumer.ToString()] });
            return last + 1;
        }, ct);
        await Follow(ct);
        return epoch;
    }

    /// <summary>Takes in what any copy of the node changed.</summary>
    public async Task Follow(CancellationToken ct)
    {
        var count = await db.One($"select count(*) from protect_epoch", r => r.GetInt64(0), ct);
        if (count == state.Count) return;
        var epochs = await db.List($"select consumer, family, max(epoch) from protect_epoch group by consumer, family", r => KeyValuePair.Create((r.GetString(0), r.GetString(1)), r.GetInt64(2)), ct);
        state = new State(epochs.ToFrozenDictionary(), count);
    }

    private sealed record State(FrozenDictionary<(string Consumer, string Family), long> Epochs, long Count);
}
