namespace MarketCache.Engine.Tests.Architecture;

public sealed class RoomOrderTests
{
    /// <summary>The engine's rooms, each using only those above it in this list; docs/architecture.md says what each holds.</summary>
    private static readonly RoomOrder Order = new(
        "MarketCache.Engine",
        [
            "Clocks",
            "Files",
            "Yaml",
            "Tables",
            "Exports",
            "Calendars",
            "DataTypes",
            "Diagnostics",
            "Gateway",
            "Providers.Rows",
            "Providers.Http",
            "Providers.AlphaVantage",
            "Providers.Csv",
            "Providers.Fred",
            "Providers.Sample",
            "Providers.Tiingo",
            "Providers.Web",
            "Providers.Yahoo",
            "Providers",
            "Series.Freshness",
            "Configuration",
            "Tiers",
            "Store",
            "Series",
            "Series.Computed",
            "Reporting",
            "",
        ]);

    [Fact]
    public void No_using_line_points_upwards_and_namespaces_are_folders() => Assert.Empty(Order.FaultsOfSources(Folder("MarketCache.Engine")));

    /// <summary>The cmdlets' rooms. None is nested, so their using lines say all.</summary>
    [Fact]
    public void No_using_line_of_the_cmdlets_points_upwards()
    {
        var order = new RoomOrder(
            "MarketCache.PowerShell", ["Errors", "Loading", "Pipeline", "Rows", "Session", "Parameters", "Completion", "Scripts", "Commands"]);

        Assert.Empty(order.FaultsOfSources(Folder("MarketCache.PowerShell")));
    }

    [Fact]
    public void No_type_uses_one_of_a_room_above_it() => Assert.Empty(Order.FaultsOfAssembly(Assembly));

    [Fact]
    public void What_a_nested_namespace_takes_from_the_one_around_it_is_seen()
    {
        var order = new RoomOrder("MarketCache.Engine", ["Series.Computed", "Series"]);

        Assert.Contains(order.FaultsOfAssembly(Assembly), fault => fault.StartsWith("ComputedSeries uses SeriesRouter", StringComparison.Ordinal));
    }

    private static string Assembly => typeof(MarketDataCache).Assembly.Location;

    private static string Folder(string project)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MarketCache.psd1")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("These tests run from a checkout.");
        }

        return Path.Combine(folder.FullName, "src", project);
    }
}
