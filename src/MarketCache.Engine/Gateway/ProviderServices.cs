using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Gateway;

/// <summary>What providers take from their surroundings.</summary>
public sealed record ProviderServices
{
    private readonly CalendarCatalog? _calendars;

    /// <summary>The machine's clock and environment, without a vault.</summary>
    public static ProviderServices Default { get; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Reads an environment variable; null if it is not set.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>The data types with what configuration says of them: the names that services give to series.</summary>
    public DataTypeCatalog DataTypes { get; init; } = DataTypeCatalog.Default;

    /// <summary>The trading calendars: the engine's, or the built-in ones where there is no engine.</summary>
    internal CalendarCatalog Calendars { get => _calendars ?? CalendarCatalog.Default; init => _calendars = value; }

    /// <summary>The user's vault, or null if there is none.</summary>
    public ISecretSource? Secrets { get; init; }
}
