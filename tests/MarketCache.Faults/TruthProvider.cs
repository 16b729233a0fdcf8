using System.Globalization;

namespace MarketCache.Faults;

/// <summary>
/// Bars computed from ticker and day, so that every process knows the right answer. Each call leaves a file, so that the
/// calls of all processes can be counted.
/// </summary>
internal sealed class TruthProvider(string callFolder) : IMarketDataProvider
{
    public string Name => "Truth";

    public ProviderCapabilities Capabilities { get; } = new();

    /// <summary>The calls so far, as ticker, first day, last day, process.</summary>
    public static string[] Calls(string callFolder) => [.. Directory.GetFiles(callFolder).Select(static path => Path.GetFileName(path))];

    /// <summary>The closing price of a day.</summary>
    public static double Close(string ticker, DateOnly day)
    {
        int hash = 17;
        foreach (char letter in ticker)
        {
            hash = (hash * 31) + char.ToUpperInvariant(letter);
        }

        return 10 + (Math.Abs((hash * 7919L) + (day.DayNumber * 104_729L)) % 100_000 / 100.0);
    }

    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Ticker} {request.Start:yyyy-MM-dd} {request.End:yyyy-MM-dd} {Environment.ProcessId} {Guid.NewGuid():N}");
        File.Create(Path.Combine(callFolder, name)).Dispose();

        // As long as a quick answer over the network takes, so that others have time to come and wait.
        await Task.Delay(50, cancellationToken).ConfigureAwait(false);
        List<DateOnly> days = [];
        for (DateOnly day = request.Start; day <= request.End; day = day.AddDays(1))
        {
            if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                days.Add(day);
            }
        }

        double[] close = [.. days.Select(day => Close(request.Ticker ?? "", day))];
        return new ProviderResponse
        {
            Series =
            [
                new ProviderSeries(
                    "OHLCV",
                    new MarketTable(
                        MarketColumn.OfDates("Date", [.. days]),
                        MarketColumn.OfDoubles("Open", close),
                        MarketColumn.OfDoubles("High", [.. close.Select(static price => price + 1)]),
                        MarketColumn.OfDoubles("Low", [.. close.Select(static price => price - 1)]),
                        MarketColumn.OfDoubles("Close", close),
                        MarketColumn.OfLongs("Volume", [.. days.Select(static day => (long)day.DayNumber)]))),
            ],
        };
    }
}
