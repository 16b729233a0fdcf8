using System.Numerics;

namespace MarketCache.Engine.Tests.Tables;

/// <summary>
/// A second reader of blocks without compression, written from docs/table-format.md and sharing nothing with the first: slow,
/// bit by bit, in integers of any size. It trusts the bytes.
/// </summary>
internal sealed class ModelReader(byte[] bytes)
{
    private static readonly string[] Names =
        ("|OHLCV|ADJUSTED_CLOSE|VOLUME|DIVIDEND|SPLIT|Date|Time|Open|High|Low|Close|Volume|Value|AdjustedClose|Dividend|Split|Ratio|Numerator|"
        + "Denominator|Amount|AdjClose|Currency|Ticker|Return|Rate").Split('|');

    private int _at;

    /// <summary>For each table its name and columns, for each column its name and rows: null, DateOnly, DateTime, the bits of a double, long, string or bool.</summary>
    public List<(string Name, List<(string Name, object?[] Rows)> Columns)> Read()
    {
        Expect(0x4D, 0x43, 0x54, 0x42, 2, 0);
        var tables = new List<(string Name, List<(string Name, int Number)> Columns)>();
        var rows = new List<int>();
        for (var left = Varint(); left > 0; left--)
        {
            var (name, _) = Name();
            var count = (int)Varint();
            var columns = new List<(string, int)>();
            for (var c = Varint(); c > 0; c--)
            {
                var (column, isKnown) = Name();
                if (!isKnown)
                {
                    rows.Add(count);
                }

                columns.Add((column, isKnown ? (int)Varint() : rows.Count - 1));
            }

            tables.Add((name, columns));
        }

        var all = new object?[rows.Count][];
        for (var i = 0; i < all.Length; i++)
        {
            i += ReadColumn(all, rows, i);
        }

        Assert.Equal(bytes.Length, _at);
        return [.. tables.Select(t => (t.Name, t.Columns.Select(c => (c.Name, all[c.Number])).ToList()))];
    }

    // The columns read beyond the first: three where it begins bars.
    private int ReadColumn(object?[][] all, List<int> rows, int at)
    {
        var column = ReadParts(rows[at]);
        if (column.Prediction < 8)
        {
            all[at] = column.Place(column.Values(Undo(column)));
            return 0;
        }

        Part[] bars = [column, ReadParts(rows[at + 1]), ReadParts(rows[at + 2]), ReadParts(rows[at + 3])];
        Assert.Equal([8, 9, 10, 11], bars.Select(b => b.Prediction));
        var numbers = bars.Select(_ => new long[column.Residuals.Length]).ToArray();
        var before = column.First;
        for (var i = 0; i < column.Residuals.Length; i++)
        {
            var open = before + bars[0].Residuals[i];
            var close = open + bars[3].Residuals[i];
            (numbers[0][i], numbers[1][i]) = (open, Math.Max(open, close) + bars[1].Residuals[i]);
            (numbers[2][i], numbers[3][i]) = (Math.Min(open, close) - bars[2].Residuals[i], close);
            before = close;
        }

        for (var i = 0; i < 4; i++)
        {
            all[at + i] = bars[i].Place(bars[i].Values(numbers[i]));
        }

        return 3;
    }

    private static long[] Undo(Part column)
    {
        var numbers = new long[column.Residuals.Length];
        var last = column.First;
        var average = column.First << 4;
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = column.Residuals[i] + column.Prediction switch { 0 => 0, 1 => last, 2 => average >> 4, _ => throw new InvalidOperationException() };
            last = numbers[i];
            average += (((last << 4) - average) * 3) >> 3;
        }

        return numbers;
    }

    private Part ReadParts(int rows)
    {
        var head = Byte();
        var part = new Part { Kind = head & 7, Mapping = (head >> 4) & 7, Nulls = new ulong[rows] };
        var count = rows;
        if ((head & 8) != 0)
        {
            count = (int)Varint();
            part.Nulls = Stream(rows);
        }

        if (count == 0)
        {
            return part;
        }

        if (part.Kind == 5)
        {
            var lengths = Stream((int)Varint());
            var units = Units();
            var texts = new List<string>();
            foreach (var length in lengths)
            {
                texts.Add(units[..(int)length]);
                units = units[(int)length..];
            }

            part.Texts = [.. Stream(count).Select(i => texts[(int)i])];
            return part;
        }

        var prediction = Byte();
        part.Prediction = prediction & 15;
        part.Scale = part.Mapping is 1 or 3 ? Byte() : 0;
        part.Divisor = part.Mapping is 1 or 3 or 4 ? (long)Varint() : 1;
        for (var left = (head & 128) != 0 ? Varint() : 0; left > 0; left--)
        {
            var gap = (int)Varint();
            part.Specials.Add((gap, BitConverter.ToInt64(bytes, _at)));
            _at += 8;
        }

        part.First = part.Prediction is 1 or 2 or 8 ? Signed() : 0;
        var isBiased = (prediction & 16) != 0;
        var bias = isBiased ? Signed() : 0;
        part.Residuals = [.. Stream(count).Select(u => isBiased ? (long)u + bias : (long)(u >> 1) ^ -(long)(u & 1))];
        return part;
    }

    private ulong[] Stream(int count)
    {
        var numbers = new List<ulong>();
        while (numbers.Count < count)
        {
            var length = Math.Min(128, count - numbers.Count);
            var width = Byte();
            int patches = 0, high = 0;
            if ((width & 128) != 0)
            {
                width &= 127;
                patches = Byte();
                high = Byte();
            }

            var part = Bits(length, width);
            int[] places = [.. Enumerable.Range(0, patches).Select(_ => Byte())];
            var tops = Bits(patches, high);
            for (var i = 0; i < patches; i++)
            {
                part[places[i]] |= tops[i] << width;
            }

            numbers.AddRange(part);
        }

        return [.. numbers];
    }

    private ulong[] Bits(int count, int width)
    {
        var length = ((count * width) + 7) / 8;
        var all = new BigInteger(bytes.AsSpan(_at, length), isUnsigned: true);
        _at += length;
        return [.. Enumerable.Range(0, count).Select(i => (ulong)((all >> (i * width)) & ((BigInteger.One << width) - 1)))];
    }

    private (string Name, bool Flag) Name()
    {
        var head = Byte();
        return ((head & 127) == 0 ? Units() : Names[(head & 127) - 1], (head & 128) != 0);
    }

    private string Units()
    {
        var units = new char[(int)Varint()];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (char)(Byte() + (256 * Byte()));
        }

        return new string(units);
    }

    private ulong Varint()
    {
        BigInteger value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            value |= (BigInteger)(next & 127) << shift;
            if (next < 128)
            {
                return (ulong)value;
            }
        }
    }

    private long Signed() => Varint() is var u && u % 2 == 0 ? (long)(u / 2) : -(long)(u / 2) - 1;

    private int Byte() => bytes[_at++];

    private void Expect(params int[] expected)
    {
        foreach (var value in expected)
        {
            Assert.Equal(value, Byte());
        }
    }

    private sealed class Part
    {
        public int Kind { get; init; }

        public int Mapping { get; init; }

        public int Prediction { get; set; }

        public int Scale { get; set; }

        public long Divisor { get; set; }

        public long First { get; set; }

        public List<(int Gap, long Bits)> Specials { get; } = [];

        public ulong[] Nulls { get; set; } = [];

        public long[] Residuals { get; set; } = [];

        public string[] Texts { get; set; } = [];

        public object[] Values(long[] numbers)
        {
            if (Kind == 5)
            {
                return Texts;
            }

            object[] values = [.. numbers.Select(Value)];
            var at = -1;
            foreach (var (gap, bits) in Specials)
            {
                at += gap + 1;
                values[at] = bits;
            }

            return values;
        }

        public object?[] Place(object[] values)
        {
            var next = 0;
            return [.. Nulls.Select(n => n == 0 ? values[next++] : null)];
        }

        private object Value(long x)
        {
            var power = double.Parse("1e" + Scale, System.Globalization.CultureInfo.InvariantCulture);
            return (Kind, Mapping) switch
            {
                (3, 0) => x >= 0 ? x : x ^ long.MaxValue,
                (3, 1) => BitConverter.DoubleToInt64Bits(x * Divisor / power),
                (3, 2) => BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)x >= 0 ? (int)x : (int)x ^ int.MaxValue)),
                (3, 3) => BitConverter.DoubleToInt64Bits((float)(x * Divisor / power)),
                (4, 4) => x * Divisor,
                (2, 4) => new DateTime(x * Divisor, DateTimeKind.Utc),
                (6, 4) => x * Divisor == 1,
                (1, 5) => DateOnly.FromDayNumber((int)x),
                (1, 6) => DateOnly.FromDayNumber((int)((x / 5 * 7) + (x % 5))),
                _ => throw new InvalidOperationException($"Kind {Kind} with mapping {Mapping}."),
            };
        }
    }
}
