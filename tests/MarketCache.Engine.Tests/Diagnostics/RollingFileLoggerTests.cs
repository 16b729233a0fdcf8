using MarketCache.Engine.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Diagnostics;

public sealed class RollingFileLoggerTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "marketcache-tests", Guid.NewGuid().ToString("N"));
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2024, 3, 4, 12, 30, 15, 678, TimeSpan.Zero));

    private string LogFile => Path.Combine(_directory, "logs", "market.log");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public void Events_are_lines_with_time_process_level_and_category()
    {
        using (var provider = Provider(new LogOptions()))
        {
            var logger = provider.CreateLogger(CacheEvents.Category);
            CacheEvents.ProviderFailed(logger, "Yahoo", "OHLCV", 1234.5);
            logger.LogDebug("Not severe enough.");
        }

        Assert.Equal(
            [$"2024-03-04T12:30:15.678Z {Environment.ProcessId} WARN  MarketCache ProviderFailed: A call to Yahoo for OHLCV failed after 1234 ms."],
            File.ReadAllLines(LogFile));
    }

    [Fact]
    public void Line_breaks_and_exceptions_are_indented_so_that_no_message_can_forge_an_event()
    {
        using (var provider = Provider(new LogOptions()))
        {
            provider.CreateLogger("Test").LogError(new InvalidDataException("broken\r\nfile"), "First {Ticker}", "A\n2024-01-01T00:00:00.000Z 1 INFO  forged");
        }

        var lines = File.ReadAllLines(LogFile);
        Assert.StartsWith("2024-03-04T12:30:15.678Z", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.Contains("    System.IO.InvalidDataException: broken", lines);
    }

    [Fact]
    public void A_full_file_makes_way_and_the_oldest_goes()
    {
        using (var provider = Provider(new LogOptions { MaxSizeMb = 1.0 / 1024, Files = 3 }))
        {
            var logger = provider.CreateLogger("Test");
            for (var i = 0; i < 2000; i++)
            {
                logger.LogInformation("Event number {Number} of a run that is longer than the files may hold.", i);
            }
        }

        var files = Directory.GetFiles(Path.GetDirectoryName(LogFile)!).Select(p => Path.GetFileName(p)!).Order().ToArray();
        Assert.Equal(["market.1.log", "market.2.log", "market.log"], files);
        Assert.Contains("number 1999 ", File.ReadAllLines(LogFile)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Several_writers_of_one_file_lose_nothing()
    {
        const int Writers = 4;
        const int Events = 200;
        var providers = Enumerable.Range(0, Writers).Select(_ => (RollingFileLoggerProvider)Provider(new LogOptions())).ToArray();
        var threads = providers.Select((provider, writer) => new Thread(() =>
        {
            var logger = provider.CreateLogger("W" + writer);
            for (var i = 0; i < Events; i++)
            {
                logger.LogInformation("Event {Number}.", i);
            }

            provider.Dispose();
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        var lines = File.ReadAllLines(LogFile);
        for (var writer = 0; writer < Writers; writer++)
        {
            Assert.Equal(
                Enumerable.Range(0, Events).Select(i => $"Event {i}."),
                lines.Where(l => l.Contains($" W{writer}: ", StringComparison.Ordinal)).Select(l => l[(l.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]));
        }
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_in_nobodys_way()
    {
        Directory.CreateDirectory(_directory);
        File.WriteAllText(Path.Combine(_directory, "logs"), "a file where the folder should be");
        var provider = (RollingFileLoggerProvider)Provider(new LogOptions());
        provider.CreateLogger("Test").LogError("Lost.");
        provider.Dispose();
        provider.CreateLogger("Test").LogError("After the end.");

        Assert.Equal(2, provider.Dropped);
    }

    [Fact]
    public void Without_a_file_nothing_is_written()
    {
        using var provider = RollingFileLoggerProvider.Open(new LogOptions(), _time);
        var logger = provider.CreateLogger("Test");
        Assert.False(logger.IsEnabled(LogLevel.Critical));
    }

    private ILoggerProvider Provider(LogOptions options) => RollingFileLoggerProvider.Open(options with { File = LogFile }, _time);
}
