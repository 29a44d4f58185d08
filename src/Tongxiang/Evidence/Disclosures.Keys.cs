namespace Tongxiang.Evidence;

// The end of a journal key: after it nobody, this node included, can tell whom the month's calls disclosed.
public sealed partial class Disclosures
{
    /// <summary>Every key of the journal that was made, whether it still opens or not.</summary>
    public Task<IReadOnlyList<JournalKey>> Keys(CancellationToken ct) => evidence.Journal.List(0, int.MaxValue, ct);

    /// <summary>
    /// Destroys the key of a resource and month, with the happening in the same commit, and what was derived under it. Whether it may be destroyed is decided before:
    /// <see cref="KeyRetention"/>. Proofs of the entries stay valid.
    /// </summary>
    /// <param name="because">The evidence for a key, made from it.</param>
    public async Task<JournalKey?> Destroy(string scope, int month, Func<JournalKey, Happening> because, CancellationToken ct)
    {
        if (await evidence.Journal.Find(scope, month, ct) is not { DestroyedAt: null } key) return null;
        var isGone = await db.Commit(async tx =>
        {
            if (!await evidence.Journal.Erase(tx, key)) return false;
            await evidence.Append(tx, because(key));
            return true;
        }, ct);
        if (!isGone) return null;
        index.Forget(key.Number);
        return await evidence.Journal.Find(scope, month, ct);
    }
}
