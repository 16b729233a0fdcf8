using System.Globalization;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>A chart service on loopback with a bar for every weekday asked for, that can be cut off in the middle of an answer.</summary>
internal sealed class ChartService : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _answered;
    private int _cutAfter = int.MaxValue;

    public ChartService() => _server = new LoopbackServer(Answer);

    public string Address => _server.Address;

    public int Requests => _server.Requests.Count;

    /// <summary>Completes when the first answer was cut off.</summary>
    public Task WhenCut => _cut.Task;

    /// <summary>The price of a day: another for each ticker and day.</summary>
    public static double Close(string ticker, DateOnly day) => 100 + ticker.Sum(c => c) + (day.DayNumber % 1000 / 8.0);

    /// <summary>Every answer after so many more breaks off in the middle.</summary>
    public void CutAfter(int answers) => Volatile.Write(ref _cutAfter, Volatile.Read(ref _answered) + answers);

    /// <summary>The answer to a request for a chart.</summary>
    public static string Chart(LoopbackRequest request) =>
        Chart(Uri.UnescapeDataString(request.Path.Split('/')[^1]), Day(request.Query["period1"]), Day(request.Query["period2"]));

    /// <summary>Ends the service; nobody else gets its address.</summary>
    public Task StopAsync() => _server.StopAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private LoopbackResponse Answer(LoopbackRequest request)
    {
        var response = LoopbackResponse.Json(Chart(request));
        if (Interlocked.Increment(ref _answered) <= Volatile.Read(ref _cutAfter))
        {
            return response;
        }

        _cut.TrySetResult();
        return response with { BreakOff = true };
    }

    private static DateOnly Day(string seconds) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch.AddSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)));

    private static string Chart(string ticker, DateOnly start, DateOnly end)
    {
        var days = Enumerable.Range(start.DayNumber, end.DayNumber - start.DayNumber)
            .Select(DateOnly.FromDayNumber)
            .Where(day => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .ToArray();
        var stamps = string.Join(',', days.Select(day => new DateTimeOffset(day.ToDateTime(new TimeOnly(15, 0)), TimeSpan.Zero).ToUnixTimeSeconds()));
        var prices = string.Join(',', days.Select(day => Close(ticker, day).ToString("R", CultureInfo.InvariantCulture)));
        var volumes = string.Join(',', days.Select(_ => "1000"));
        var rows = days.Length == 0 ? "\"indicators\":{\"quote\":[{}]}" : $$$"""
            "timestamp":[{{{stamps}}}],"indicators":{"quote":[{"open":[{{{prices}}}],"high":[{{{prices}}}],"low":[{{{prices}}}],"close":[{{{prices}}}],
            "volume":[{{{volumes}}}]}],"adjclose":[{"adjclose":[{{{prices}}}]}]}
            """;
        return $$$"""
            {"chart":{"result":[{"meta":{"currency":"USD","symbol":"{{{ticker}}}","exchangeName":"NMS","exchangeTimezoneName":"America/New_York"},{{{rows}}} }],
            "error":null} }
            """;
    }
}
