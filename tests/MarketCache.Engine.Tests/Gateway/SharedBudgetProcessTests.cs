using System.Collections.Concurrent;
using System.Globalization;
using MarketCache.Engine.Tests.Providers;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Gateway;

public sealed class SharedBudgetProcessTests
{
    [Fact]
    public async Task Sixteen_processes_that_start_cold_make_no_more_calls_in_a_minute_than_the_budget_of_five()
    {
        using var folder = new TemporaryFolder();
        var calls = Directory.CreateDirectory(Path.Combine(folder.Path, "calls")).FullName;
        var processes = Enumerable.Range(0, 16).Select(_ => TestProcess.Start("budget", Path.Combine(folder.Path, "stats"), calls, "5", "3")).ToArray();
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.ReadLineAsync());
            }

            await Task.WhenAll(processes.Select(process => process.WriteLineAsync("go")));
            var results = await Task.WhenAll(processes.Select(process => process.ReadLineAsync()));

            var counts = results.Select(line => line.Split(' ').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray()).ToArray();
            var times = Directory.GetFiles(calls)
                .Select(path => long.Parse(Path.GetFileName(path).Split('-')[0], CultureInfo.InvariantCulture))
                .Order()
                .ToArray();
            Assert.Equal(16 * 3, counts.Sum(count => count[0] + count[1]));
            Assert.Equal(times.Length, counts.Sum(count => count[0]));
            Assert.True(times.Length >= 5, $"{times.Length} calls");
            AssertFiveInAMinute(times);
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }
    }

    [Fact]
    public async Task Sixteen_engines_that_start_cold_ask_a_service_five_times_in_a_minute_and_share_what_it_answered()
    {
        using var folder = new TemporaryFolder();
        var times = new ConcurrentQueue<long>();
        await using var server = new LoopbackServer(request =>
        {
            times.Enqueue(DateTime.UtcNow.Ticks);
            return LoopbackResponse.Json(ChartService.Chart(request));
        });

        // All want the same three tickers, and each one of its own.
        var processes = Enumerable.Range(0, 16)
            .Select(i => TestProcess.Start("fetch", Path.Combine(folder.Path, "cache"), server.Address, "5", "AAA", "BBB", "CCC", $"OWN{(char)('A' + i)}"))
            .ToArray();
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.ReadLineAsync());
            }

            await Task.WhenAll(processes.Select(process => process.WriteLineAsync("go")));
            var results = await Task.WhenAll(processes.Select(process => process.ReadLineAsync()));

            var counts = results.Select(line => line.Split(' ').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray()).ToArray();
            Assert.All(counts, count => Assert.Equal(4, count[0] + count[1]));
            var asked = server.Requests.Select(request => request.Path).ToList();
            Assert.Equal(asked.Count, asked.Distinct(StringComparer.Ordinal).Count());
            var ordered = times.Order().ToArray();
            Assert.True(ordered.Length >= 5, $"{ordered.Length} calls");
            AssertFiveInAMinute(ordered);
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }
    }

    /// <summary>However late a busy machine lets a call arrive here: a sixth comes only when the minute after the first has passed.</summary>
    private static void AssertFiveInAMinute(long[] times)
    {
        for (var i = 5; i < times.Length; i++)
        {
            Assert.True(times[i] - times[i - 5] >= TimeSpan.TicksPerMinute, "six calls within a minute");
        }
    }
}
