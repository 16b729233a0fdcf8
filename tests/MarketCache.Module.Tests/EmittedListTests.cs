namespace MarketCache.Module.Tests;

/// <summary>Lists within emitted objects can be indexed, which PowerShell cannot do with every kind of list.</summary>
public sealed class EmittedListTests : IDisposable
{
    private readonly ModuleRunspace _module = new();

    public void Dispose() => _module.Dispose();

    [Theory]
    [InlineData("(Get-MarketDataProvider Yahoo).DataTypes")]
    [InlineData("(Get-MarketDataProvider AlphaVantage).BudgetLeft")]
    [InlineData("(Get-CacheStats).Tiers")]
    public void The_first_of_a_list_is_one_item(string list)
    {
        var items = _module.Get($"{list}.Count; {list}[0]");
        Assert.Equal(2, items.Count);
        Assert.NotEqual(0, items[0].BaseObject);
        Assert.False(items[1].BaseObject is System.Collections.IEnumerable and not string);
    }

    [Fact]
    public void A_status_keeps_its_warnings_whatever_becomes_of_the_list_they_came_in()
    {
        var given = new List<string> { "one" };
        var status = new SeriesStatus { Provider = "Test", Calendar = "XNYS", Warnings = given };
        given.Clear();
        Assert.Equal("one", Assert.Single(_module.Get("param($s) $s.Warnings[0]", status)).BaseObject);
    }
}
