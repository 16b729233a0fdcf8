using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Tests.Diagnostics;

public sealed class PersistedCountersProcessTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "marketcache-tests", Guid.NewGuid().ToString("N"));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [Fact]
    public async Task Processes_at_once_killed_or_ended_neither_lose_nor_double_what_they_wrote()
    {
        const int Processes = 6;
        var processes = Enumerable.Range(0, Processes).Select(_ => TestProcess.Start("count", _directory)).ToArray();
        try
        {
            using var counters = PersistedCounters.Open(_directory, TimeProvider.System);
            await Task.WhenAll(processes.Select(async process =>
            {
                Assert.Equal("ready", await process.ReadLineAsync());
                await process.WriteLineAsync("100");
                Assert.Equal("written", await process.ReadLineAsync());
                counters.Fold();
            }));
            Assert.Equal(100 * Processes, counters.Statistics(DateTime.MinValue).Hits);

            // Half are killed, which costs what was not written yet; the others end without a word and write what is left.
            for (var i = 0; i < Processes; i++)
            {
                if (i % 2 == 0)
                {
                    processes[i].Kill();
                }
                else
                {
                    await processes[i].WriteLineAsync("exit");
                    await Assert.ThrowsAsync<InvalidOperationException>(processes[i].ReadLineAsync);
                }
            }

            foreach (var process in processes)
            {
                process.WaitForExit();
            }

            counters.Fold();
            var statistics = counters.Statistics(DateTime.MinValue);
            Assert.Equal(100 * Processes, statistics.Hits);
            Assert.Equal(Processes / 2, statistics.Misses);
            Assert.Equal(0, counters.DamagedFiles);
            Assert.All(Directory.GetFiles(_directory, "*.counts"), f => Assert.StartsWith("day-", Path.GetFileName(f), StringComparison.Ordinal));
        }
        finally
        {
            Array.ForEach(processes, p => p.Dispose());
        }
    }
}
