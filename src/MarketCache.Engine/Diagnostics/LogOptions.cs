using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Diagnostics;

/// <summary>The rolling log file: <c>cache.log</c>.</summary>
public sealed record LogOptions
{
    /// <summary>The file, absolute; null for no log.</summary>
    public string? File { get; init; }

    /// <summary>The least severe events written.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>The size at which a new file is begun, in MiB.</summary>
    public double MaxSizeMb { get; init; } = 10;

    /// <summary>The most files kept, the current one among them.</summary>
    public int Files { get; init; } = 5;
}
