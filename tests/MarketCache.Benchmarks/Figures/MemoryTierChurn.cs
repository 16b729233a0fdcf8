using MarketCache.Engine.Tiers;

namespace MarketCache.Benchmarks.Figures;

/// <summary>What a memory tier does under ten times its budget: tables of 1,260 daily bars, of which some are read again.</summary>
internal sealed record MemoryTierChurn
{
    private const long Limit = 32L * 1024 * 1024;
    private const int Rows = 1260;

    /// <summary>The most bytes seen in it at any moment ÷ the limit.</summary>
    public double HighestFill { get; private init; }

    /// <summary>Inserts that could not be read at once.</summary>
    public int Unreadable { get; private init; }

    /// <summary>The most managed memory seen that the process had gained ÷ the limit.</summary>
    public double HighestGrowth { get; private init; }

    /// <summary>Runs the churn.</summary>
    public static MemoryTierChurn Run()
    {
        using var tier = new MemoryTier<string, MarketTable>(
            new MemoryTierOptions { MaxEntries = int.MaxValue, MaxBytes = Limit }, static (_, table) => table.MemoryBytes, TimeProvider.System);
        var (fill, growth, unreadable) = (0.0, 0.0, 0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long put = 0;
        var nextLook = Limit;
        for (var i = 0; put < 10 * Limit; i++)
        {
            var table = Table();
            put += table.MemoryBytes;
            tier.Put("series " + i, table);
            fill = Math.Max(fill, (double)tier.Statistics.Bytes / Limit);
            unreadable += tier.TryGet("series " + i, out _) ? 0 : 1;
            tier.TryGet("series " + (i / 2), out _);
            if (put >= nextLook)
            {
                growth = Math.Max(growth, (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Limit);
                nextLook += Limit;
            }
        }

        return new MemoryTierChurn { HighestFill = fill, HighestGrowth = growth, Unreadable = unreadable };
    }

    private static MarketTable Table()
    {
        var dates = new DateOnly[Rows];
        for (var i = 0; i < dates.Length; i++)
        {
            dates[i] = DateOnly.FromDayNumber(730_000 + i);
        }

        return new MarketTable(
            MarketColumn.OfDates("Date", dates),
            MarketColumn.OfDoubles("Open", new double[Rows]),
            MarketColumn.OfDoubles("High", new double[Rows]),
            MarketColumn.OfDoubles("Low", new double[Rows]),
            MarketColumn.OfDoubles("Close", new double[Rows]),
            MarketColumn.OfLongs("Volume", new long[Rows]));
    }
}
