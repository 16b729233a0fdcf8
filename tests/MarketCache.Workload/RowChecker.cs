using MarketCache.Engine.Calendars;

namespace MarketCache.Workload;

/// <summary>
/// Checks answers against the freshness rule, worked out anew: a row is right if its session has closed and it says so, or if
/// it was asked for while the session was open, no longer ago than the TTL in the market's present state, and the session
/// has not closed since.
/// </summary>
internal sealed class RowChecker(SessionTable sessions)
{
    private const int MaxExamples = 10;
    private readonly List<string> _examples = [];

    /// <summary>Rows found wrong.</summary>
    public long Wrong { get; private set; }

    /// <summary>The first wrong rows, in words.</summary>
    public IReadOnlyList<string> Examples => _examples;

    /// <summary>Checks an answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="answer">The answer.</param>
    /// <returns>The sessions that were to be answered.</returns>
    public int Check(TracedRequest request, MarketSeries answer)
    {
        var now = request.At.Ticks;
        var first = sessions.IndexAtOrAfter(request.Start);
        var end = sessions.IndexAtOrAfter(request.End.AddDays(1));
        while (end > first && sessions.OpenTicks[end - 1] > now)
        {
            end--;
        }

        var expected = request.DataType == "DIVIDEND"
            ? Enumerable.Range(first, Math.Max(0, end - first)).Where(i => ReplayProvider.Dividend(request.Ticker, i) is not null).ToList()
            : Enumerable.Range(first, Math.Max(0, end - first)).ToList();
        var rows = answer.Rows;
        if (rows.RowCount != expected.Count)
        {
            Add(request, Math.Max(1, Math.Abs(rows.RowCount - expected.Count)), $"{rows.RowCount} rows instead of {expected.Count}");
            return Math.Max(0, end - first);
        }

        for (var row = 0; row < expected.Count; row++)
        {
            var session = expected[row];
            var day = rows.Column<DateOnly>("Date")[row];
            if (day.DayNumber != sessions.DayNumbers[session])
            {
                Add(request, 1, $"{day:yyyy-MM-dd} where another session was due");
            }
            else if (!IsRight(request, rows, row, session, now))
            {
                Add(request, 1, $"{day:yyyy-MM-dd} is wrong or too old");
            }
        }

        return Math.Max(0, end - first);
    }

    private bool IsRight(TracedRequest request, MarketTable rows, int row, int session, long now)
    {
        switch (request.DataType)
        {
            case "OHLCV":
                var close = rows.Column<double>("Close")[row];
                return rows.Column<double>("Open")[row].Equals(close) && rows.Column<double>("High")[row].Equals(close)
                    && rows.Column<double>("Low")[row].Equals(close) && rows.Column<long>("Volume")[row] == (long)close
                    && IsFresh(request, session, close, now);
            case "DIVIDEND":
                return rows.Column<double>("Value")[row].Equals(ReplayProvider.Dividend(request.Ticker, session));
            case "TOTAL_RETURN":
                var before = ReplayProvider.FinalMark(request.Ticker, session - 1);
                var dividend = ReplayProvider.Dividend(request.Ticker, session) ?? 0;
                var implied = ((1 + rows.Column<double>("Value")[row]) * before) - dividend;
                return sessions.CloseTicks[session] <= now
                    ? Math.Abs(implied - ReplayProvider.FinalMark(request.Ticker, session)) < 1e-6
                    : IsFresh(request, session, Math.Round(implied), now);
            default:
                return IsFresh(request, session, rows.Column<double>("Value")[row], now);
        }
    }

    private bool IsFresh(TracedRequest request, int session, double mark, long now)
    {
        if (sessions.CloseTicks[session] <= now)
        {
            return mark.Equals(ReplayProvider.FinalMark(request.Ticker, session));
        }

        var age = ReplayProvider.Second(now) - mark;
        var asked = mark >= ReplayProvider.Second(sessions.OpenTicks[session]);
        return asked && age >= 0 && age < TtlSeconds(request.DataType, now);
    }

    private double TtlSeconds(string dataType, long now)
    {
        if (dataType == "ADJUSTED_CLOSE")
        {
            return 86_400;
        }

        var latest = sessions.IndexAtOrBefore(DateOnly.FromDateTime(new DateTime(now)));
        return latest >= 0 && sessions.OpenTicks[latest] <= now && now < sessions.CloseTicks[latest] ? 300 : 86_400;
    }

    private void Add(TracedRequest request, long rows, string what)
    {
        Wrong += rows;
        if (_examples.Count < MaxExamples)
        {
            _examples.Add($"{request.At:yyyy-MM-ddTHH:mm:ssZ} {request.DataType} {request.Ticker} {request.Start:yyyy-MM-dd}..{request.End:yyyy-MM-dd}: {what}");
        }
    }
}
