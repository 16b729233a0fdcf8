namespace MarketCache.Engine.Yaml;

/// <summary>What a <see cref="DataNode"/> is.</summary>
internal enum DataNodeKind
{
    /// <summary>A single value; an empty one is a key without a value.</summary>
    Scalar,

    /// <summary>A sequence.</summary>
    List,

    /// <summary>A mapping.</summary>
    Map,
}
