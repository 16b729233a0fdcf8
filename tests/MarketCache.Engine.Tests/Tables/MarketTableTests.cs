namespace MarketCache.Engine.Tests.Tables;

public sealed class MarketTableTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(60_000)]
    public void Two_columns_of_the_same_name_are_refused_among_few_and_many(int count)
    {
        MarketColumn[] columns = [.. Enumerable.Range(0, count - 1).Select(i => MarketColumn.OfLongs("Column" + i, [])), MarketColumn.OfLongs("cOLUMN0", [])];

        Assert.Throws<ArgumentException>(() => new MarketTable(columns));
        Assert.Equal(count - 1, new MarketTable(columns[..^1]).Columns.Count);
    }

    [Fact]
    public void A_window_beyond_the_table_is_refused_even_without_columns()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MarketTable.Empty.Slice(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarketTable(MarketColumn.OfLongs("A", [1])).Slice(1, 1));
        Assert.Same(MarketTable.Empty, MarketTable.Empty.Slice(0, 0));
    }

    [Fact]
    public void A_window_without_nulls_equals_the_same_rows_that_never_had_any()
    {
        var window = MarketColumn.OfDoubles("A", [1, 2, 0], [true, true, false]).Slice(0, 2);

        Assert.True(window.ContentEquals(MarketColumn.OfDoubles("A", [1, 2])));
        Assert.True(MarketColumn.OfDoubles("A", [1, 2]).ContentEquals(window));
        Assert.False(window.ContentEquals(MarketColumn.OfDoubles("A", [1, 0], [true, false])));
    }

    [Fact]
    public void Doubles_are_compared_by_their_bits()
    {
        Assert.False(MarketColumn.OfDoubles("A", [0.0]).ContentEquals(MarketColumn.OfDoubles("A", [-0.0])));
        Assert.True(MarketColumn.OfDoubles("A", [double.NaN]).ContentEquals(MarketColumn.OfDoubles("A", [double.NaN])));
    }

    [Fact]
    public void A_null_row_differs_from_a_row_of_the_default_value() =>
        Assert.False(MarketColumn.OfLongs("A", [0], [false]).ContentEquals(MarketColumn.OfLongs("A", [0])));
}
