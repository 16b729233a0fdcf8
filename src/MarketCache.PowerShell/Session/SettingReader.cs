using MarketCache.Engine.Configuration;

namespace MarketCache.PowerShell.Session;

/// <summary>Turns the engine's settings into what PowerShell emits.</summary>
internal static class SettingReader
{
    /// <summary>Every setting of a configuration.</summary>
    /// <param name="configuration">The configuration.</param>
    internal static IEnumerable<MarketCacheSetting> Read(LoadedConfiguration configuration) => configuration.Settings.Select(setting => new MarketCacheSetting
    {
        Key = setting.Key,
        Value = setting.Value,
        Default = setting.Default,
        Layer = setting.Origin.Layer.ToString(),
        Source = setting.Origin.ToString(),
        Description = setting.Description,
    });
}
