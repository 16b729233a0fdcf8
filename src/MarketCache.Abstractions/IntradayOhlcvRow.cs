namespace MarketCache;

/// <summary>A bar shorter than a day as PowerShell emits it. A value the provider did not have is null.</summary>
/// <remarks>A record for its equality and text, a structure so that it has no method to clone it; without setters, as PowerShell would use even those meant for initialisation.</remarks>
public readonly record struct IntradayOhlcvRow
{
    /// <summary>Creates a row.</summary>
    /// <param name="ticker">The ticker, as requested.</param>
    /// <param name="time">The start of the bar in UTC.</param>
    /// <param name="open">First price.</param>
    /// <param name="high">Highest price.</param>
    /// <param name="low">Lowest price.</param>
    /// <param name="close">Last price.</param>
    /// <param name="volume">Shares or contracts traded.</param>
    public IntradayOhlcvRow(string? ticker, DateTime time, double? open, double? high, double? low, double? close, long? volume)
    {
        Ticker = ticker;
        Time = time;
        Open = open;
        High = high;
        Low = low;
        Close = close;
        Volume = volume;
    }

    /// <summary>The ticker, as requested.</summary>
    public string? Ticker { get; }

    /// <summary>The start of the bar in UTC.</summary>
    public DateTime Time { get; }

    /// <summary>First price.</summary>
    public double? Open { get; }

    /// <summary>Highest price.</summary>
    public double? High { get; }

    /// <summary>Lowest price.</summary>
    public double? Low { get; }

    /// <summary>Last price.</summary>
    public double? Close { get; }

    /// <summary>Shares or contracts traded.</summary>
    public long? Volume { get; }
}
