using System.Globalization;
using CsCheck;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Tests.Providers;

public sealed class ScaledNumberTests
{
    private static readonly Gen<int> Exponent = Gen.Int[0, 9];

    [Fact]
    public void A_whole_number_over_a_power_of_ten_is_the_nearest_double() => Gen.Select(Gen.Long, Exponent).Sample((number, exponent) =>
        Same(number.ToString(CultureInfo.InvariantCulture), exponent));

    [Fact]
    public void A_decimal_over_a_power_of_ten_is_the_nearest_double() => Gen.Select(Gen.Decimal, Exponent).Sample((number, exponent) =>
        Same(number.ToString(CultureInfo.InvariantCulture), exponent));

    [Theory]
    [InlineData("162500", 10000, 16.25)]
    [InlineData("-0", 100, -0.0)]
    [InlineData("1e3", 100, 10)]
    [InlineData("+7", 1, 7)]
    [InlineData("1", 3, 1.0 / 3)]
    [InlineData(".5", 10, 0.05)]
    public void Examples_hold(string text, double scale, double expected)
    {
        Assert.True(new ScaledNumber(scale).TryParse(text, out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 000")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1e")]
    [InlineData("(1)")]
    [InlineData("$1")]
    public void What_is_no_finite_number_is_refused(string text)
    {
        Assert.False(new ScaledNumber(1).TryParse(text, out _));
        Assert.False(new ScaledNumber(10000).TryParse(text, out _));
    }

    private static bool Same(string text, int exponent)
    {
        var nearest = double.Parse(text + "e-" + exponent.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return new ScaledNumber(Math.Pow(10, exponent)).TryParse(text, out var value)
            && BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(nearest);
    }
}
