using System.Collections.Frozen;
using Tongxiang.Agencies;
using Tongxiang.Catalog;
using Tongxiang.Kernel;
using Directory = Tongxiang.Agencies.Directory;

namespace Tongxiang.Share;

/// <summary>Who probably holds the data that are asked for, and which words say so.</summary>
/// <param name="Because">Words of the demand that stand in the department's name or in its catalogue, the weightiest first.</param>
public sealed record OwnerProposal(Id<Agency> Agency, double Score, IReadOnlyList<string> Because);

/// <summary>What a department is known by.</summary>
/// <param name="Weights">Pairs of characters with their weight: its name 3, the names of its entries 2, keywords and fields 1.</param>
public sealed record OwnerTerms(Id<Agency> Agency, FrozenDictionary<string, double> Weights);

/// <summary>Proposes the owner of a demand from the names of departments and the words of their catalogues.</summary>
public sealed class DemandOwners(Directory directory, Catalogue catalogue)
{
    private sealed record Book(Published Catalogue, IReadOnlyList<Agency> Agencies, IReadOnlyList<OwnerTerms> Terms);

    private volatile Book? book;

    /// <summary>The departments of a bureau that fit best; nobody when no word says anything.</summary>
    public IReadOnlyList<OwnerProposal> Propose(string words, Id<Agency> bureau, Id<Agency>? except = null, int most = 3)
    {
        var may = directory.Agencies.Where(a => IsUnder(a, bureau) && a.Id != except).Select(a => a.Id).ToHashSet();
        return [.. Rank(words, [.. Terms().Where(t => may.Contains(t.Agency))]).Take(most)];
    }

    /// <summary>Departments a bureau can name as owner, by name.</summary>
    public IReadOnlyList<Agency> Under(Id<Agency> bureau) => [.. directory.Agencies.Where(a => IsUnder(a, bureau))];

    /// <summary>Ranks by the weight of the words they share with the demand; a word that everybody has weighs nothing.</summary>
    public static IReadOnlyList<OwnerProposal> Rank(string words, IReadOnlyList<OwnerTerms> all)
    {
        var asked = DemandLikeness.Pairs(words);
        var rarity = asked.ToDictionary(p => p, p => Math.Log((all.Count + 1.0) / (1 + all.Count(t => t.Weights.ContainsKey(p)))), StringComparer.Ordinal);
        var ranked =
            from terms in all
            let hits = asked.Where(terms.Weights.ContainsKey).Select(p => (Pair: p, Score: terms.Weights[p] * rarity[p])).Where(h => h.Score > 0).OrderByDescending(h => h.Score).ToList()
            where hits.Count > 0
            select new OwnerProposal(terms.Agency, hits.Sum(h => h.Score), [.. hits.Take(5).Select(h => h.Pair)]);
        return [.. ranked.OrderByDescending(p => p.Score).ThenBy(p => p.Agency.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>What a department is known by, from its names and its published entries.</summary>
    public static OwnerTerms TermsOf(Agency agency, IEnumerable<Entry> entries)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        Add(weights, 3, agency.Name, agency.NameEn);
        foreach (var content in entries.Select(e => e.Content))
        {
            Add(weights, 2, content.Name, content.NameEn ?? "");
            Add(weights, 1, [.. content.Keywords, .. content.Fields.Take(200).Select(f => f.Title)]);
        }
        return new OwnerTerms(agency.Id, weights.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static void Add(Dictionary<string, double> weights, double weight, params string[] texts)
    {
        foreach (var pair in texts.SelectMany(DemandLikeness.Pairs))
            if (weights.GetValueOrDefault(pair) < weight) weights[pair] = weight;
    }

    private static bool IsUnder(Agency agency, Id<Agency> bureau) => agency.IsGovernment && (agency.Bureau == bureau || agency.Id == bureau);

    // Both are immutable states that are swapped: as long as they are the same the terms are.
    private IReadOnlyList<OwnerTerms> Terms()
    {
        var (now, agencies, known) = (catalogue.Now, directory.Agencies, book);
        if (known is not null && ReferenceEquals(known.Catalogue, now) && ReferenceEquals(known.Agencies, agencies)) return known.Terms;
        var entries = now.All.ToLookup(e => e.Agency);
        IReadOnlyList<OwnerTerms> terms = [.. agencies.Where(a => a.IsGovernment).Select(a => TermsOf(a, entries[a.Id]))];
        book = new Book(now, agencies, terms);
        return terms;
    }
}
