using Tongxiang.Kernel;

namespace Tongxiang.Agencies;

/// <summary>A system that calls with tokens of its own (client credentials, private_key_jwt).</summary>
/// <param name="ClientId">Public name, e.g. <c>civil-affairs-01</c>.</param>
/// <param name="Agency">Owning department or company; null when a citizen owns it.</param>
/// <param name="Owner">The citizen who owns it, or the person responsible.</param>
/// <param name="TokensAfter">Tokens issued earlier are void: set at rotation and revocation.</param>
public sealed record Client(Id<Client> Id, string ClientId, string Name, Id<Agency>? Agency, Id<Person>? Owner, string Jwks, bool IsEnabled, DateTimeOffset TokensAfter);
