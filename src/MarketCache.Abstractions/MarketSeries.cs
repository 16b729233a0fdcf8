namespace MarketCache;

/// <summary>An answer: the rows, what was asked, and the truth about where they came from.</summary>
public sealed class MarketSeries
{
    /// <summary>Creates an answer.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="rows">The rows within the asked range, ascending by their key column.</param>
    /// <param name="status">Where they came from and how fresh they are.</param>
    public MarketSeries(DataRequest request, MarketTable rows, SeriesStatus status)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(status);
        Request = request;
        Rows = rows;
        Status = status;
    }

    /// <summary>What was asked.</summary>
    public DataRequest Request { get; }

    /// <summary>The rows within the asked range, ascending by their key column.</summary>
    public MarketTable Rows { get; }

    /// <summary>Where the rows came from and how fresh they are.</summary>
    public SeriesStatus Status { get; }
}
