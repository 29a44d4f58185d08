namespace Tongxiang.Share;

/// <summary>What a grant comes from besides its application.</summary>
/// <param name="Emergency">Number of the emergency that switched it on.</param>
/// <param name="ReturnFlow">Number of the return flow it carries.</param>
internal sealed record GrantOrigin(string? Emergency = null, string? ReturnFlow = null);
