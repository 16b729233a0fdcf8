using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Tiers;

/// <summary>Runs alone: it looks at the memory of the whole process.</summary>
[CollectionDefinition(nameof(MemoryTierGrowthTests), DisableParallelization = true)]
[Collection(nameof(MemoryTierGrowthTests))]
public class MemoryTierGrowthTests
{
    [Fact]
    public void Managed_memory_stays_near_the_limit_under_a_churn_of_ten_times_the_limit()
    {
        const long Limit = 32L * 1024 * 1024;
        const int Rows = 1260;
        var growth = new List<double>();
        using var tier = new MemoryTier<string, MarketTable>(
            new MemoryTierOptions { MaxEntries = int.MaxValue, MaxBytes = Limit }, (_, table) => table.MemoryBytes, TimeProvider.System);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long put = 0;
        long nextLook = Limit;
        for (var i = 0; put < 10 * Limit; i++)
        {
            var table = Table(Rows, i);
            put += table.MemoryBytes;
            tier.Put("series " + i, table);
            Assert.True(tier.TryGet("series " + i, out _));
            tier.TryGet("series " + (i / 2), out _);
            Assert.InRange(tier.Statistics.Bytes, 1, Limit);
            if (put >= nextLook)
            {
                growth.Add((double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Limit);
                nextLook += Limit;
            }
        }

        Assert.True(tier.Statistics.Evictions > 0);
        Assert.True(growth.Max() <= 1.3, $"Growth reached {growth.Max():F2} times the limit.");

        // Against the memory afterwards, as what earlier tests left behind may have gone meanwhile.
        var held = GC.GetTotalMemory(forceFullCollection: true);
        tier.Clear();
        var weight = (double)(held - GC.GetTotalMemory(forceFullCollection: true)) / Limit;
        Assert.True(weight >= 0.5, $"The values weigh less than they say: {weight:F2} times the limit are held.");
    }

    private static MarketTable Table(int rows, int seed)
    {
        var values = new double[rows];
        Array.Fill(values, seed);
        var dates = new DateOnly[rows];
        for (var i = 0; i < rows; i++)
        {
            dates[i] = DateOnly.FromDayNumber(700_000 + i);
        }

        return new MarketTable(
            MarketColumn.OfDates("Date", dates),
            MarketColumn.OfDoubles("Open", (double[])values.Clone()),
            MarketColumn.OfDoubles("High", (double[])values.Clone()),
            MarketColumn.OfDoubles("Low", (double[])values.Clone()),
            MarketColumn.OfDoubles("Close", values));
    }
}
