using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Tests.Tables;

/// <summary>Bytes written by version 1. If one of these fails, the format has changed: stores in use could not be read.</summary>
public sealed class FormatPinTests
{
    private static readonly MarketTable Bars = MakeBars();

    private static readonly MarketTable Kinds = new(
        MarketColumn.OfInstants("Time", [DateTime.UnixEpoch, DateTime.UnixEpoch.AddMinutes(1)]),
        MarketColumn.OfDoubles("Odd", [double.NaN, Math.PI]),
        MarketColumn.OfDoubles("Single", [133.32000732421875, -0.0]),
        MarketColumn.OfBooleans("Flag", [true, false]),
        MarketColumn.OfStrings("Currency", ["USD", null]),
        MarketColumn.OfStrings("\uD800", ["\uDC00", "é"]));

    private const string BarsBytes =
        "4D43544201006C0C060201068294AB40000201020004030102010008FCBB010206001B71C4E837907C190503010201008900"
        + "020450FA50FA50FA0603010201008A000204700EE7700EE70703010201000B0208185FC84037F88F107047B02708840B0201"
        + "400004FC893D80020205D55E9CB9078114";

    private const string KindsBytes =
        "4D4354420100730206030204808C8D9E02028099CFDB0702020800034F646403010FA1DA95D1B0A8CA050100000000000000"
        + "F8FF010200000653696E676C6503020101000000000000008001D8C7AAB008000004466C6167060401010202010212850102"
        + "01020002020303555344010200D8050102020A0400DCE900";

    [Fact]
    public void Bars_are_written_and_read_as_ever() => AssertPinned(Bars, BarsBytes);

    [Fact]
    public void Every_kind_is_written_and_read_as_ever() => AssertPinned(Kinds, KindsBytes);

    private static void AssertPinned(MarketTable table, string hex)
    {
        Assert.Equal(hex, Convert.ToHexString(TableCodec.Encode(table, compress: false)));
        Assert.True(TableCodec.Decode(Convert.FromHexString(hex)).ContentEquals(table));
    }

    // Twelve days of prices that walk, and a volume missing on one of them.
    private static MarketTable MakeBars()
    {
        int[] moves = [3, -12, 25, 8, -7, 31, -18, 2, 14, -9, 22, -5];
        var days = new DateOnly[12];
        double[] open = new double[12], high = new double[12], low = new double[12], close = new double[12];
        var cents = 12_035;
        for (var i = 0; i < 12; i++)
        {
            days[i] = new DateOnly(2021, 3, 22).AddDays(i + (i / 5 * 2));
            var from = cents + moves[11 - i];
            cents = from + (4 * moves[i]);
            open[i] = from / 100.0;
            close[i] = cents / 100.0;
            high[i] = (Math.Max(from, cents) + (i % 4 * 5)) / 100.0;
            low[i] = (Math.Min(from, cents) - (i % 3 * 7)) / 100.0;
        }

        return new MarketTable(
            MarketColumn.OfDates("Date", days), MarketColumn.OfDoubles("Open", open), MarketColumn.OfDoubles("High", high),
            MarketColumn.OfDoubles("Low", low), MarketColumn.OfDoubles("Close", close),
            MarketColumn.OfLongs("Volume", [.. days.Select(d => d.Day * 1_000_700L)], [.. days.Select(d => d.Day != 30)]));
    }
}
