namespace MarketCache.Engine.Diagnostics;

/// <summary>What became of one request.</summary>
internal readonly record struct RequestOutcome
{
    /// <summary>The data type, in the catalog's spelling (the catalog's own string is found fastest).</summary>
    public required string DataType { get; init; }

    /// <summary>How it ended.</summary>
    public required RequestResult Result { get; init; }

    /// <summary>The slowest place that was needed; <see cref="AnswerSource.Provider"/> if a provider was called, even unsuccessfully.</summary>
    public AnswerSource Source { get; init; }

    /// <summary>Rows from the memory tier.</summary>
    public int RowsFromMemory { get; init; }

    /// <summary>Rows from the disk tier.</summary>
    public int RowsFromDisk { get; init; }

    /// <summary>Rows from a shared tier.</summary>
    public int RowsFromShared { get; init; }

    /// <summary>Rows that a provider delivered for this request.</summary>
    public int RowsFromProvider { get; init; }

    /// <summary>Whether any row was past its freshness.</summary>
    public bool IsStale { get; init; }

    /// <summary>The time of the whole request.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The outcome of an answered request.</summary>
    /// <param name="dataType">The data type.</param>
    /// <param name="status">The answer's status.</param>
    public static RequestOutcome Of(string dataType, SeriesStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var rowsFromCache = status.RowsFromMemory + status.RowsFromDisk + status.RowsFromShared;

        // A request that shared another request's call made none itself, but waited for the provider's rows too.
        var isFetched = status.ProviderCalls > 0 || status.RowsFromProvider > 0;
        return new RequestOutcome
        {
            DataType = dataType,
            Result = !isFetched ? RequestResult.Hit : rowsFromCache > 0 ? RequestResult.Partial : RequestResult.Miss,
            Source = isFetched ? AnswerSource.Provider
                : status.RowsFromShared > 0 ? AnswerSource.Shared
                : status.RowsFromDisk > 0 ? AnswerSource.Disk
                : AnswerSource.Memory,
            RowsFromMemory = status.RowsFromMemory,
            RowsFromDisk = status.RowsFromDisk,
            RowsFromShared = status.RowsFromShared,
            RowsFromProvider = status.RowsFromProvider,
            IsStale = status.IsStale,
            Elapsed = status.TotalTime,
        };
    }
}
