namespace MarketCache.Engine.Configuration;

/// <summary>What a place of a YAML file holds.</summary>
internal enum ConfigurationNodeKind
{
    /// <summary>A single value.</summary>
    Scalar,

    /// <summary>A list.</summary>
    List,

    /// <summary>Keys with values.</summary>
    Map,
}
