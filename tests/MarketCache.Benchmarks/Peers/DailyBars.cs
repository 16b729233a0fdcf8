using MemoryPack;

namespace MarketCache.Benchmarks.Peers;

/// <summary>Daily bars as arrays, for peers that serialise objects.</summary>
[MemoryPackable]
internal sealed partial record DailyBars(int[] Days, double[] Open, double[] High, double[] Low, double[] Close, long[] Volume)
{
    public static DailyBars Of(MarketTable rows) => new(
        [.. rows.Column<DateOnly>("Date").Values.ToArray().Select(day => day.DayNumber)],
        rows.Column<double>("Open").Values.ToArray(),
        rows.Column<double>("High").Values.ToArray(),
        rows.Column<double>("Low").Values.ToArray(),
        rows.Column<double>("Close").Values.ToArray(),
        rows.Column<long>("Volume").Values.ToArray());
}
