using CsCheck;

namespace MarketCache.Engine.Tests.Tables;

/// <summary>Generators of tables of every kind, with the values that codecs get wrong.</summary>
internal static class AnyTable
{
    private static readonly double[] OddDoubles =
    [
        0.0, -0.0, double.NaN, BitConverter.Int64BitsToDouble(0x7FF0000000000001), BitConverter.Int64BitsToDouble(unchecked((long)0xFFF8DEADBEEF0001)),
        double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, 2.2250738585072009e-308, double.MaxValue,
        double.MinValue, 1e22, 1e23, 9007199254740993, 0.1 + 0.2, (float)133.32, float.MaxValue, float.Epsilon,
    ];

    private static readonly Gen<double> OddDouble = Pick(OddDoubles);
    private static readonly Gen<double> AnyBits = Gen.ULong.Select(BitConverter.UInt64BitsToDouble);
    private static readonly Gen<double> Price = Gen.Int[1, 2_000_000].Select(cents => cents / 100.0);
    private static readonly Gen<double> SinglePrice = Gen.Int[1, 2_000_000].Select(cents => (double)(float)(cents / 100.0));
    private static readonly Gen<double> Single = Gen.Single.Select(f => (double)f);
    private static readonly Gen<double> Uneven = Gen.Double[-1, 1];

    private static readonly Gen<string> Text = Gen.OneOf(
        Pick("", "USD", "EUR", "\0", "ünïcode 漢字", "😀", "\uD800", "a\uDC00b", "\uDC00\uD800"),
        Gen.String);

    /// <summary>Tables of up to 8 columns and 70 rows; every kind, with and without nulls.</summary>
    public static readonly Gen<MarketTable> Tables = Gen.Select(Gen.Int[0, 8], Gen.OneOf(Gen.Int[0, 3], Gen.Int[0, 70])).SelectMany(
        (columns, rows) => Column(rows).Array[columns].Select(parts => new MarketTable([.. parts.Select((c, i) => c.Rename(Name(c, i)))])));

    /// <summary>Bars in 1 to 300 rows, prices of various fineness, some rows null or NaN.</summary>
    public static readonly Gen<MarketTable> Bars = Gen.Select(Gen.Int[1, 300], Gen.Int[0, 3], Gen.Int[0, 3]).SelectMany(
        (rows, fineness, oddity) => Gen.Int[-500, 500].Array[rows * 4].Select(moves => MakeBars(rows, fineness, oddity, moves)));

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<MarketColumn> Column(int rows) => Gen.OneOf(
        Masked(Gen.OneOf(Days(rows), SteadyDays(rows)), rows, (v, ok) => MarketColumn.OfDates("D", v, ok)),
        Masked(Instants(rows), rows, (v, ok) => MarketColumn.OfInstants("I", v, ok)),
        Masked(Doubles(rows), rows, (v, ok) => MarketColumn.OfDoubles("F", v, ok)),
        Masked(Doubles(rows), rows, (v, ok) => MarketColumn.OfDoubles("F", v, ok)),
        Masked(Longs(rows), rows, (v, ok) => MarketColumn.OfLongs("L", v, ok)),
        Masked(Gen.OneOf(Gen.Bool.Array[rows], Gen.Const(false).Array[rows]), rows, (v, ok) => MarketColumn.OfBooleans("B", v, ok)),
        Masked(Gen.OneOf(Text.Array[rows], Pick("USD", "EUR").Array[rows]), rows, (v, ok) =>
            MarketColumn.OfStrings("S", ok is null ? v : [.. v.Zip(ok, (s, has) => has ? s : null!)])));

    private static Gen<MarketColumn> Masked<T>(Gen<T[]> values, int rows, Func<T[], bool[]?, MarketColumn> make) =>
        Gen.Select(values, Gen.OneOf(Gen.Const((bool[]?)null), Gen.Bool.Array[rows]!, Gen.Frequency((20, Gen.Const(true)), (1, Gen.Const(false))).Array[rows]!, Gen.Const(false).Array[rows]!))
            .Select((v, ok) => make([.. v], ok));

    private static Gen<DateOnly[]> Days(int rows) => Gen.Int[0, DateOnly.MaxValue.DayNumber].Select(DateOnly.FromDayNumber).Array[rows];

    private static Gen<DateOnly[]> SteadyDays(int rows) => Gen.Select(Gen.Int[0, 800_000], Gen.Int[0, 3]).Select((start, step) =>
    {
        var first = DateOnly.FromDayNumber(start);
        return Enumerable.Range(0, rows).Select(i => step switch
        {
            0 => first.AddDays(i),
            1 => first.AddMonths(i),
            2 => first.AddDays(7 * i),
            _ => DateOnly.FromDayNumber((start / 7 * 7) + (i / 5 * 7) + (i % 5)),
        }).ToArray();
    });

    private static Gen<DateTime[]> Instants(int rows) => Gen.OneOf(
        Gen.Long[0, DateTime.MaxValue.Ticks].Select(t => new DateTime(t, DateTimeKind.Utc)).Array[rows],
        Gen.Int[0, 1_000_000].Select(m => Enumerable.Range(0, rows).Select(i => DateTime.UnixEpoch.AddMinutes(m + (5 * i) + (i / 10 * 900))).ToArray()));

    private static Gen<double[]> Doubles(int rows) => Gen.OneOf(
        AnyBits.Array[rows],
        Price.Array[rows],
        SinglePrice.Array[rows],
        Single.Array[rows],
        Uneven.Array[rows],
        OddDouble.Array[rows],
        Gen.Frequency((9, Price), (1, OddDouble)).Array[rows],
        Gen.Frequency((9, Gen.Const(0.0)), (1, Uneven)).Array[rows],
        Gen.Int[0, 1_000_000].Select(i => i * 100.0).Array[rows]);

    private static Gen<long[]> Longs(int rows) => Gen.OneOf(
        Gen.Long.Array[rows],
        Pick(long.MinValue, long.MaxValue, 0L, -1L, 1L).Array[rows],
        Gen.Long[0, 50_000_000].Select(v => v * 100).Array[rows],
        Gen.Long[-3, 3].Array[rows],
        Gen.Const(long.MinValue).Array[rows],
        Gen.Const(42L).Array[rows]);

    private static string Name(MarketColumn column, int index) => index switch
    {
        0 when column.Kind == ColumnKind.Date => "Date",
        1 => "Close",
        2 => "naïve \uD83D " + index,
        3 => "列",
        _ => column.Name + index,
    };

    private static MarketTable MakeBars(int rows, int fineness, int oddity, int[] moves)
    {
        var day = new DateOnly(2019, 1, 2);
        var dates = new DateOnly[rows];
        double[] open = new double[rows], high = new double[rows], low = new double[rows], close = new double[rows];
        var volume = new long[rows];
        var price = 10_000;
        for (var i = 0; i < rows; i++)
        {
            dates[i] = day;
            day = day.AddDays(day.DayOfWeek == DayOfWeek.Friday ? 3 : 1);
            var o = price + moves[4 * i];
            price = o + moves[(4 * i) + 1];
            open[i] = Price(o);
            close[i] = Price(price);
            high[i] = Price(Math.Max(o, price) + Math.Abs(moves[(4 * i) + 2]));
            low[i] = Price(Math.Min(o, price) - Math.Abs(moves[(4 * i) + 3]));
            volume[i] = 1_000_000L + (moves[4 * i] * 100L);
        }

        if (oddity == 1)
        {
            high[rows / 2] = double.NaN;
            close[0] = -0.0;
        }

        bool[]? Valid() => oddity != 2 ? null : [.. Enumerable.Range(0, rows).Select(i => i % 11 != 5)];
        return new MarketTable(
            MarketColumn.OfDates("Date", dates),
            MarketColumn.OfDoubles("Open", open, Valid()),
            MarketColumn.OfDoubles("High", high, Valid()),
            MarketColumn.OfDoubles("Low", low, Valid()),
            MarketColumn.OfDoubles("Close", close, oddity == 3 ? null : Valid()),
            MarketColumn.OfLongs("Volume", volume, Valid()));

        double Price(int ticks) => fineness switch
        {
            0 => ticks / 100.0,
            1 => (float)(ticks / 100.0),
            2 => ticks * 0.25,
            _ => ticks / 97.0,
        };
    }
}
