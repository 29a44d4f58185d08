using Tongxiang.Kernel;

namespace Tongxiang.Catalog;

/// <summary>Why a step would stop or break a service that somebody uses under a right; null when it does not. The part that keeps the rights answers.</summary>
/// <param name="next">The content that would come into force; null: the entry would be retired.</param>
public delegate Task<Refusal?> RunningServices(Entry entry, EntryContent? next, CancellationToken ct);
