using MarketCache.Engine.Calendars;

namespace MarketCache.Workload;

/// <summary>
/// The provider of a replay. Its numbers are no prices: they are marks that tell which session they belong to and, while the
/// session has not closed, in which second they were asked for, so that a checker can tell how old an answer is.
/// One call brings OHLCV, ADJUSTED_CLOSE and DIVIDEND.
/// </summary>
internal sealed class ReplayProvider(SessionTable sessions) : IMarketDataProvider
{
    private int _calls;

    /// <inheritdoc/>
    public string Name => "Replay";

    /// <summary>Calls so far.</summary>
    public int Calls => _calls;

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; } = new() { Groups = [["OHLCV", "ADJUSTED_CLOSE", "DIVIDEND"]], IsLocal = true };

    /// <summary>The mark of a session: final once it has closed, else the second of the question.</summary>
    /// <param name="ticker">The ticker.</param>
    /// <param name="session">Index of the session.</param>
    /// <param name="close">When it closes, UTC ticks.</param>
    /// <param name="askedAt">When the provider is asked, UTC ticks.</param>
    public static double Mark(string ticker, int session, long close, long askedAt) =>
        askedAt >= close ? FinalMark(ticker, session) : Second(askedAt);

    /// <summary>The mark of a closed session: below all marks of open ones.</summary>
    public static double FinalMark(string ticker, int session) => 1 + session + (ticker.Aggregate(7, (h, c) => ((h * 31) + c) & 0xFFFF) * 16384.0 / 1e6);

    /// <summary>The mark of a moment: whole seconds since 1970.</summary>
    public static double Second(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;

    /// <summary>The dividend of a session, or null: one every 63 sessions.</summary>
    public static double? Dividend(string ticker, int session) =>
        (session + ticker[^1]) % 63 == 0 ? 0.25 + (session % 7 * 0.125) : null;

    /// <inheritdoc/>
    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var first = sessions.IndexAtOrAfter(request.Start);
        var end = sessions.IndexAtOrAfter(request.End.AddDays(1));
        while (end > first && sessions.OpenTicks[end - 1] > request.Now.Ticks)
        {
            end--;
        }

        var count = Math.Max(0, end - first);
        var days = new DateOnly[count];
        var marks = new double[count];
        var dividendDays = new List<DateOnly>();
        var dividends = new List<double>();
        for (var i = 0; i < count; i++)
        {
            days[i] = DateOnly.FromDayNumber(sessions.DayNumbers[first + i]);
            marks[i] = Mark(request.Ticker!, first + i, sessions.CloseTicks[first + i], request.Now.Ticks);
            if (Dividend(request.Ticker!, first + i) is { } dividend)
            {
                dividendDays.Add(days[i]);
                dividends.Add(dividend);
            }
        }

        double[] Copy() => (double[])marks.Clone();
        DateOnly[] Days() => (DateOnly[])days.Clone();
        return Task.FromResult(new ProviderResponse
        {
            Series =
            [
                new ProviderSeries("OHLCV", new MarketTable(
                    MarketColumn.OfDates("Date", Days()), MarketColumn.OfDoubles("Open", Copy()), MarketColumn.OfDoubles("High", Copy()),
                    MarketColumn.OfDoubles("Low", Copy()), MarketColumn.OfDoubles("Close", Copy()),
                    MarketColumn.OfLongs("Volume", [.. marks.Select(m => (long)m)]))),
                new ProviderSeries("ADJUSTED_CLOSE", new MarketTable(MarketColumn.OfDates("Date", Days()), MarketColumn.OfDoubles("Value", Copy()))),
                new ProviderSeries("DIVIDEND", new MarketTable(
                    MarketColumn.OfDates("Date", [.. dividendDays]), MarketColumn.OfDoubles("Value", [.. dividends]))),
            ],
        });
    }
}
