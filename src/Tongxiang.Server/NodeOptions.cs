namespace Tongxiang.Server;

/// <summary>What the command line said; everything else comes from settings.</summary>
/// <param name="People">People of the demonstration region; null: no demonstration.</param>
internal sealed record NodeOptions(string? Urls, string? Data, string? SettingsFile, int? People);
