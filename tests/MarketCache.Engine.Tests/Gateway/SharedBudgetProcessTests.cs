using System.Globalization;
using MarketCache.Engine.Tests.Providers;
using MarketCache.Engine.Tests.Providers.Http;

namespace MarketCache.Engine.Tests.Gateway;

/// <summary>Processes that share a budget of five calls an hour, of which none comes back while a test runs.</summary>
public sealed class SharedBudgetProcessTests
{
    private const int Processes = 16;

    [Fact]
    public async Task Sixteen_processes_that_start_cold_make_no_more_calls_than_the_budget_of_five()
    {
        using var folder = new TemporaryFolder();
        var calls = Directory.CreateDirectory(Path.Combine(folder.Path, "calls")).FullName;

        var counts = await RunAsync(_ => ["budget", Path.Combine(folder.Path, "stats"), calls, "5", "3"]);

        Assert.All(counts, count => Assert.Equal(3, count.Answered + count.Refused));
        Assert.Equal(5, counts.Sum(count => count.Answered));
        Assert.Equal(5, Directory.GetFiles(calls).Length);
    }

    [Fact]
    public async Task Sixteen_engines_that_start_cold_ask_a_service_five_times_and_share_what_it_answered()
    {
        using var folder = new TemporaryFolder();
        await using var server = new LoopbackServer(request => LoopbackResponse.Json(ChartService.Chart(request)));

        // All want the same three tickers, and each one of its own.
        var counts = await RunAsync(i => ["fetch", Path.Combine(folder.Path, "cache"), server.Address, "5", "AAA", "BBB", "CCC", $"OWN{(char)('A' + i)}"]);

        Assert.All(counts, count => Assert.Equal(4, count.Answered + count.Refused));
        var asked = server.Requests.Select(request => request.Path).ToList();
        Assert.Equal(5, asked.Count);
        Assert.Equal(5, asked.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Starts the processes, lets them go when all are ready, and returns what each of them counted.</summary>
    private static async Task<IReadOnlyList<(int Answered, int Refused)>> RunAsync(Func<int, string[]> arguments)
    {
        var processes = Enumerable.Range(0, Processes).Select(i => TestProcess.Start(arguments(i))).ToArray();
        try
        {
            foreach (var process in processes)
            {
                Assert.Equal("ready", await process.ReadLineAsync());
            }

            await Task.WhenAll(processes.Select(process => process.WriteLineAsync("go")));
            var results = await Task.WhenAll(processes.Select(process => process.ReadLineAsync()));
            return [.. results.Select(line => line.Split(' ')).Select(fields => (Number(fields[0]), Number(fields[1])))];
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
