using System.Globalization;
using System.Numerics;
using CsCheck;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

public sealed class TableShapeTests
{
    private const long Odd = (1L << 53) + 1;

    [Fact]
    public void Whole_numbers_become_doubles_where_each_is_one_exactly()
    {
        var (first, second) = Align(MarketColumn.OfLongs("V", [1, 1L << 53, long.MinValue, 0], [true, true, true, false]), MarketColumn.OfDoubles("V", [0.5, double.NaN]));

        Assert.True(first.ContentEquals(MarketColumn.OfDoubles("V", [1, 1L << 53, long.MinValue, 0], [true, true, true, false])));
        Assert.True(second.ContentEquals(MarketColumn.OfDoubles("V", [0.5, double.NaN])));
    }

    [Fact]
    public void Doubles_become_whole_numbers_where_a_whole_number_would_lose_a_digit()
    {
        var (first, second) = Align(MarketColumn.OfLongs("V", [Odd]), MarketColumn.OfDoubles("V", [4, -9223372036854775808, 0], [true, true, false]));

        Assert.True(first.ContentEquals(MarketColumn.OfLongs("V", [Odd])));
        Assert.True(second.ContentEquals(MarketColumn.OfLongs("V", [4, long.MinValue, 0], [true, true, false])));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-0.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(9223372036854775808.0)]
    public void What_no_kind_holds_exactly_is_refused_by_name(double value)
    {
        var error = Assert.Throws<ProviderException>(() => Align(MarketColumn.OfLongs("Volume", [Odd]), MarketColumn.OfDoubles("Volume", [value])));

        Assert.Contains("'Volume'", error.Message, StringComparison.Ordinal);
        Assert.Equal(ProviderErrorKind.BadResponse, error.Kind);
    }

    [Fact]
    public void The_largest_long_is_no_double() =>
        Assert.Throws<ProviderException>(() => Align(MarketColumn.OfLongs("V", [long.MaxValue]), MarketColumn.OfDoubles("V", [0.5])));

    [Fact]
    public void No_value_changes_and_the_order_makes_no_difference() => Gen.Select(
        Gen.OneOf(Gen.Long, Gen.Long[-5, 5]).Array[0, 5],
        Gen.OneOf(Gen.Double, Gen.Long.Select(l => (double)l), Gen.Int[-5, 5].Select(i => (double)i)).Array[0, 5]).Sample(
        (longs, doubles) =>
        {
            MarketColumn first = MarketColumn.OfLongs("V", [.. longs]), second = MarketColumn.OfDoubles("V", [.. doubles]);
            try
            {
                var (a, b) = Align(first, second);
                var (d, c) = Align(second, first);
                Assert.True(a.ContentEquals(c) && b.ContentEquals(d));
                Assert.Equal(Texts(MarketColumn.OfLongs("V", longs)), Texts(a));
                Assert.Equal(Texts(MarketColumn.OfDoubles("V", doubles)), Texts(b));
            }
            catch (ProviderException)
            {
                Assert.Throws<ProviderException>(() => Align(second, first));
                Assert.Contains(longs, l => Math.Abs((decimal)l) > 1L << 53);
            }
        },
        iter: 2000);

    [Fact]
    public void Kinds_that_have_nothing_in_common_are_refused() =>
        Assert.Throws<ProviderException>(() => Align(MarketColumn.OfLongs("V", [1]), MarketColumn.OfStrings("V", ["1"])));

    [Fact]
    public void A_column_that_one_table_lacks_is_null_there()
    {
        var (first, second) = TableShape.Align(
            new MarketTable(MarketColumn.OfLongs("A", [1])), new MarketTable(MarketColumn.OfStrings("B", ["x"]), MarketColumn.OfLongs("a", [2])));

        Assert.True(first.ContentEquals(new MarketTable(MarketColumn.OfLongs("A", [1]), MarketColumn.OfStrings("B", [null]))));
        Assert.True(second.ContentEquals(new MarketTable(MarketColumn.OfLongs("A", [2]), MarketColumn.OfStrings("B", ["x"]))));
    }

    // All digits, by another way than the conversions under test.
    private static IEnumerable<string> Texts(MarketColumn column) => column is MarketColumn<long> longs
        ? longs.Values.ToArray().Select(l => l.ToString(CultureInfo.InvariantCulture))
        : ((MarketColumn<double>)column).Values.ToArray().Select(v =>
            double.IsInteger(v) ? new BigInteger(v).ToString(CultureInfo.InvariantCulture) : v.ToString("R", CultureInfo.InvariantCulture));

    private static (MarketColumn First, MarketColumn Second) Align(MarketColumn first, MarketColumn second)
    {
        var (a, b) = TableShape.Align(new MarketTable(first), new MarketTable(second));
        return (a.Columns[0], b.Columns[0]);
    }
}
