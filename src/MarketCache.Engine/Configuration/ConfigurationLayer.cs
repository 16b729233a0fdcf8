namespace MarketCache.Engine.Configuration;

/// <summary>Where a setting comes from; a later layer overrides an earlier one.</summary>
public enum ConfigurationLayer
{
    /// <summary>What MarketCache ships, in code.</summary>
    Default,

    /// <summary>The <c>cache_config.yaml</c> beside the module, where it was edited.</summary>
    ShippedFile,

    /// <summary>The user's file: <c>MARKETCACHE_CONFIG</c>, else the one in the per-user configuration folder.</summary>
    UserFile,

    /// <summary>The overlay of a file's <c>environments</c> that <c>MARKETCACHE_ENV</c> names.</summary>
    Environment,

    /// <summary>An environment variable <c>MARKETCACHE_…</c>.</summary>
    Variable,

    /// <summary>Set in this session.</summary>
    Runtime,
}
