using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Gateway;

/// <summary>What holds for all providers of a gateway.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The randomness of retry pauses, 0 ≤ x &lt; 1; null for the process's.</summary>
    public Func<double>? Random { get; init; }

    /// <summary>How long a caller who has given up may still be held, so that the place it had in the budget is given back.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The folder the state is in, which bounds the time that its files may take; may be null.</summary>
    public IBoundedFolder? Folder { get; init; }

    /// <summary>Are told of every call.</summary>
    public IReadOnlyList<IProviderCallObserver> Observers { get; init; } = [];

    /// <summary>Is told what users should know that belongs to no single answer; called once for each thing, from any thread.</summary>
    public Action<string>? Warn { get; init; }
}
