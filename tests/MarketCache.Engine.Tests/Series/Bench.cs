using MarketCache.Engine.Calendars;
using MarketCache.Engine.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Series;

/// <summary>An engine under test: a fake clock, a model of an exchange, a recording provider, a folder of its own.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    /// <param name="now">Where the clock stands, UTC, e.g. <c>2018-07-03T14:00:00Z</c>.</param>
    /// <param name="change">What differs from the default configuration.</param>
    /// <param name="calendar">The exchange.</param>
    /// <param name="provider">Makes the provider; one with bars alone if null.</param>
    public Bench(
        string now,
        Func<MarketCacheOptions, MarketCacheOptions>? change = null,
        string calendar = "XNYS",
        Func<ExchangeModel, RecordingProvider>? provider = null)
    {
        _folder = Directory.CreateTempSubdirectory("marketcache-test-");
        Clock = new FakeTimeProvider(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));
        Exchange = new ExchangeModel(new CalendarCatalog().Get(calendar));
        Provider = provider?.Invoke(Exchange) ?? new RecordingProvider(Exchange.AnswerBars);
        Options = MarketCacheOptions.Default with { Disk = new DiskOptions { CacheDir = Path.Combine(_folder.FullName, "cache") } };
        Options = change?.Invoke(Options) ?? Options;
        Cache = MarketDataCache.Open(Options, Clock, [Provider]);
        Cache.Warning += Warnings.Enqueue;
    }

    public FakeTimeProvider Clock { get; }

    public ExchangeModel Exchange { get; }

    public RecordingProvider Provider { get; }

    public MarketCacheOptions Options { get; }

    public MarketDataCache Cache { get; private set; }

    public System.Collections.Concurrent.ConcurrentQueue<string> Warnings { get; } = new();

    public string Folder => Options.Disk.CacheDir!;

    public DateTime Now => Clock.GetUtcNow().UtcDateTime;

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public DataRequest Request(string start, string end, string dataType = "OHLCV", string? ticker = "ABC", string frequency = "daily") => new()
    {
        DataType = dataType,
        Ticker = ticker,
        Start = Day(start),
        End = Day(end),
        Frequency = frequency,
        Provider = Provider.Name,
    };

    public ValueTask<MarketSeries> GetAsync(string start, string end, string dataType = "OHLCV", FetchPolicy? policy = null) =>
        Cache.GetAsync(Request(start, end, dataType), policy);

    public void SetClock(string now) => Clock.SetUtcNow(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Closes the engine and opens another over the same folder: what a new process does.</summary>
    public async Task RestartAsync()
    {
        await Cache.DisposeAsync();
        Cache = MarketDataCache.Open(Options, Clock, [Provider]);
        Cache.Warning += Warnings.Enqueue;
        Provider.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        await Cache.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
