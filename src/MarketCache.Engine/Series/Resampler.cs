using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series;

/// <summary>
/// Derives weekly and longer bars from daily ones: always where the provider offers no others, and, to save a call, where every
/// daily bar of every period is cached and final, which makes the result exact.
/// </summary>
internal sealed class Resampler
{
    private readonly SeriesRouter _router;
    private readonly SeriesReader _reader;
    private readonly TimeProvider _time;

    public Resampler(SeriesRouter router, SeriesReader reader, TimeProvider time)
    {
        _time = time;
        _router = router;
        _reader = reader;
    }

    /// <summary>Whether rows of the series can be derived from daily ones.</summary>
    /// <param name="route">The series.</param>
    public static bool Applies(SeriesRoute route) =>
        route.SnapsToPeriod && route.Type.NativeFrequency == Frequency.Daily.Name && route.Type.Computed is null;

    /// <summary>Answers a request for weekly or longer bars.</summary>
    public async ValueTask<MarketSeries> ReadAsync(
        DataRequest request, SeriesRoute route, RequestTerms terms, bool mayServeStale, CancellationToken cancellationToken)
    {
        var periods = route.Periods;
        var first = periods.IndexAtOrAfter(request.Start.DayNumber);
        var last = periods.IndexAtOrAfter(request.End.DayNumber + 1L) - 1;
        var daily = _router.Sibling(route, route.Type, Frequency.Daily);
        if (route.IsOffered)
        {
            if (await _reader.TryReadCachedAsync(request, route, terms, onlyFinal: false, cancellationToken).ConfigureAwait(false) is { } cached)
            {
                return cached;
            }

            if (last >= first
                && await _reader.TryReadCachedAsync(DailyOf(request, periods, first, last), daily, terms, onlyFinal: true, cancellationToken).ConfigureAwait(false) is { } exact
                && exact.Status.NextRefresh is null)
            {
                return Derive(request, route, exact, periods);
            }

            return await _reader.ReadAsync(request, route, terms, mayServeStale, cancellationToken).ConfigureAwait(false);
        }

        var rows = await _reader.ReadAsync(
            last >= first ? DailyOf(request, periods, first, last) : request, daily, terms, mayServeStale, cancellationToken).ConfigureAwait(false);
        return Derive(request, route, rows, periods);
    }

    private static DataRequest DailyOf(DataRequest request, PeriodTable periods, int first, int last) => request with
    {
        Frequency = Frequency.Daily.Name,
        Start = periods.FirstDay(first),
        End = periods.LastDay(last),
    };

    private MarketSeries Derive(DataRequest request, SeriesRoute route, MarketSeries daily, PeriodTable periods)
    {
        var rows = RowKeys.Between(Aggregate(daily.Rows, periods, isVolume: route.Type.Name == "VOLUME"), request.Start.DayNumber, request.End.DayNumber);
        return new MarketSeries(request, rows, StatusOf(rows, daily, periods));
    }

    /// <summary>The status of the daily bars in terms of the longer ones: a bar comes from the farthest of its days, and may change until its last.</summary>
    private SeriesStatus StatusOf(MarketTable rows, MarketSeries daily, PeriodTable periods)
    {
        var status = daily.Status;
        var fromProvider = Math.Min(rows.RowCount, status.RowsFromProvider);
        var fromDisk = Math.Min(rows.RowCount - fromProvider, status.RowsFromDisk);
        return status with
        {
            RowsFromProvider = fromProvider,
            RowsFromDisk = fromDisk,
            RowsFromMemory = rows.RowCount - fromProvider - fromDisk,
            ProvisionalRows = rows.RowCount - Math.Min(rows.RowCount, FirstUnsettled(rows, daily, periods)),
        };
    }

    /// <summary>The first bar whose period has not closed, or whose days may still change: these are the newest.</summary>
    private int FirstUnsettled(MarketTable rows, MarketSeries daily, PeriodTable periods)
    {
        var unclosed = rows.RowCount;
        while (unclosed > 0 && periods.CloseTicks(PeriodOf(rows, unclosed - 1, periods)) > _time.GetUtcNow().UtcTicks)
        {
            unclosed--;
        }

        var day = daily.Rows.RowCount - daily.Status.ProvisionalRows;
        return day >= daily.Rows.RowCount ? unclosed : Math.Min(unclosed, RowKeys.LowerBound(rows, periods.Key(PeriodOf(daily.Rows, day, periods))));
    }

    private static int PeriodOf(MarketTable rows, int row, PeriodTable periods) => Math.Max(0, periods.IndexAtOrAfter(RowKeys.At(rows, row) + 1) - 1);

    private static MarketTable Aggregate(MarketTable daily, PeriodTable periods, bool isVolume)
    {
        var keys = RowKeys.All(daily);
        var starts = new List<int>();
        var labels = new List<DateOnly>();
        var current = -1;
        for (var row = 0; row < keys.Length; row++)
        {
            var period = Math.Max(0, periods.IndexAtOrAfter(keys[row] + 1) - 1);
            if (period != current)
            {
                current = period;
                starts.Add(row);
                labels.Add(periods.FirstDay(period));
            }
        }

        starts.Add(keys.Length);
        if (daily.Columns.Count == 0)
        {
            return daily;
        }

        var columns = new List<MarketColumn> { MarketColumn.OfDates(MarketTable.DateColumn, [.. labels]) };
        foreach (var column in daily.Columns.Skip(1))
        {
            columns.Add(Aggregate(column, starts, isVolume));
        }

        return new MarketTable([.. columns]);
    }

    private static MarketColumn Aggregate(MarketColumn column, List<int> starts, bool isVolume) => column switch
    {
        MarketColumn<double> doubles => Doubles(doubles, starts, isVolume),
        MarketColumn<long> longs => Sums(longs, starts),
        _ => LastOf(column, starts),
    };

    private static MarketColumn LastOf(MarketColumn column, List<int> starts)
    {
        var rows = new int[starts.Count - 1];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = starts[i + 1] - 1;
        }

        return column.Take(rows);
    }

    private static MarketColumn Sums(MarketColumn<long> column, List<int> starts)
    {
        var sums = new long[starts.Count - 1];
        var valid = new bool[sums.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            for (var row = starts[i]; row < starts[i + 1]; row++)
            {
                if (!column.IsNull(row))
                {
                    sums[i] += column.Values[row];
                    valid[i] = true;
                }
            }
        }

        return MarketColumn.OfLongs(column.Name, sums, valid);
    }

    private static MarketColumn Doubles(MarketColumn<double> column, List<int> starts, bool isVolume)
    {
        Func<double, double, double> fold = column.Name switch
        {
            "Open" => static (a, _) => a,
            "High" => Math.Max,
            "Low" => Math.Min,
            "Volume" => static (a, b) => a + b,
            "Value" when isVolume => static (a, b) => a + b,
            _ => static (_, b) => b,
        };
        var values = new double[starts.Count - 1];
        var valid = new bool[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            for (var row = starts[i]; row < starts[i + 1]; row++)
            {
                if (!column.IsNull(row) && !double.IsNaN(column.Values[row]))
                {
                    values[i] = valid[i] ? fold(values[i], column.Values[row]) : column.Values[row];
                    valid[i] = true;
                }
            }
        }

        return MarketColumn.OfDoubles(column.Name, values, valid);
    }
}
