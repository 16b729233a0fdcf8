namespace MarketCache.Faults;

internal static class CostGrowth
{
    public static int Run(string[] args) => args.Length >= 0 ? 0 : 2;
}
