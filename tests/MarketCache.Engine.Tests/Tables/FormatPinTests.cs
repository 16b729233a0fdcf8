using MarketCache.Engine.Tables;
using MarketCache.Faults;

namespace MarketCache.Engine.Tests.Tables;

/// <summary>Bytes written by version 2. If one of these fails, the format has changed: stores in use could not be read.</summary>
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
        "4D435442020001010C0607090A0B0C0D611192AB40020013080201FCBB0106001B71C4E837907C1913190201000450FA50FA"
        + "50FA131A02010004700EE7700EE7130B020108185FC84037F88F107047B0274C0B01400010FC893D0205D55E9CB9078114";

    private const string KindsBytes =
        "4D4354420200010102060800034F00640064000006530069006E0067006C006500000446006C006100670017000100D84201"
        + "808C8D9E028099CFDB0702080311B3B4A1C4EAFE90F97FCDCBDEBB9581EFFE7F002311B28FD5E010D9C7AAB0080046000102"
        + "020D0101020102030355005300440000050201030200DCE9000102";

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
