namespace MarketCache.Engine.Tables;

/// <summary>Reads where in a payload everything lies, and checks it, before any row is allocated.</summary>
internal static class TableLayout
{
    /// <summary>Reads the layouts of as many columns as <paramref name="columns"/> has places for.</summary>
    /// <exception cref="TableFormatException">The payload is not exactly these columns of so many rows.</exception>
    public static void Read(ReadOnlySpan<byte> payload, int rows, ColumnLayout[] columns)
    {
        var reader = new PayloadReader(payload);
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ReadColumn(ref reader, rows);
        }

        if (reader.Remaining != 0)
        {
            TableFormat.Fail("The payload goes on after its last column.");
        }

        CheckBars(columns);
    }

    /// <summary>Bytes that the rows of the columns will occupy.</summary>
    public static long MemoryBytes(ColumnLayout[] columns, int rows)
    {
        long width = 0;
        foreach (var column in columns)
        {
            width += TableFormat.Width(column.Kind) + (column.HasNulls ? 1 : 0);
        }

        return width * rows;
    }

    private static ColumnLayout ReadColumn(ref PayloadReader reader, int rows)
    {
        var column = new ColumnLayout { Name = ReadName(ref reader), Divisor = 1, Count = rows };
        var kind = reader.ReadByte();
        column.Kind = (ColumnKind)(kind & TableFormat.KindMask);
        if ((kind & ~(TableFormat.KindMask | TableFormat.NullsFlag)) != 0 || column.Kind is < ColumnKind.Date or > ColumnKind.Boolean)
        {
            TableFormat.Fail($"Column '{column.Name}' has the unknown kind {kind}.");
        }

        column.HasNulls = (kind & TableFormat.NullsFlag) != 0;
        if (column.HasNulls)
        {
            if (rows == 0)
            {
                TableFormat.Fail("A column without rows has nulls.");
            }

            column.Count = reader.ReadCount(rows - 1);
            if (column.Count > 0)
            {
                column.Nulls = NumberStream.ReadLayout(ref reader, rows);
            }
        }

        if (column.Count == 0)
        {
            return column;
        }

        if (column.Kind == ColumnKind.String)
        {
            column.Texts = StringCodec.ReadLayout(ref reader, column.Count);
        }
        else
        {
            ReadNumbers(ref reader, column);
        }

        return column;
    }

    private static void ReadNumbers(ref PayloadReader reader, ColumnLayout column)
    {
        column.Mapping = (Mapping)reader.ReadByte();
        var fits = column.Kind switch
        {
            ColumnKind.Double => column.Mapping <= Mapping.SingleDecimal,
            ColumnKind.Date => column.Mapping is Mapping.Day or Mapping.Weekday or Mapping.Month,
            _ => column.Mapping == Mapping.Integer,
        };
        if (!fits)
        {
            TableFormat.Fail($"Column '{column.Name}' of kind {column.Kind} has mapping {(byte)column.Mapping}.");
        }

        if (column.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Month)
        {
            column.Scale = reader.ReadByte();
            if (column.Mapping != Mapping.Month && column.Scale > DoubleMapping.MaxScale)
            {
                TableFormat.Fail($"Column '{column.Name}' has the impossible scale {column.Scale}.");
            }
        }

        if (column.Mapping is Mapping.Decimal or Mapping.SingleDecimal or Mapping.Integer)
        {
            column.Divisor = (long)reader.ReadVarint();
        }

        if (column.Kind == ColumnKind.Double && column.Mapping != Mapping.Bits)
        {
            column.SpecialCount = reader.ReadCount(column.Count);
            column.Specials = reader.Position;
            for (var i = 0; i < column.SpecialCount; i++)
            {
                reader.ReadVarint();
                reader.Skip(sizeof(double));
            }
        }

        var prediction = reader.ReadByte();
        column.IsBiased = (prediction & TableFormat.BiasFlag) != 0;
        column.Prediction = (Prediction)(prediction & ~TableFormat.BiasFlag);
        if (column.Prediction is > Prediction.Average and < Prediction.BarOpen or > Prediction.BarClose)
        {
            TableFormat.Fail($"Column '{column.Name}' has the unknown prediction {prediction}.");
        }

        column.First = TableEncoder.StartsFromFirst(column.Prediction) ? reader.ReadSigned() : 0;
        column.Bias = column.IsBiased ? reader.ReadSigned() : 0;
        column.Numbers = NumberStream.ReadLayout(ref reader, column.Count);
    }

    private static string ReadName(ref PayloadReader reader)
    {
        var id = reader.ReadByte();
        if (id >= TableFormat.FirstWellKnownName)
        {
            if (id - TableFormat.FirstWellKnownName >= TableFormat.WellKnownNames.Length)
            {
                TableFormat.Fail($"Column name {id} is unknown.");
            }

            return TableFormat.WellKnownNames[id - TableFormat.FirstWellKnownName];
        }

        var length = reader.ReadCount(reader.Remaining);
        if (length == 0)
        {
            TableFormat.Fail("A column has no name.");
        }

        return StringCodec.ReadText(reader.ReadBytes(length), isUtf16: id == TableFormat.NameUtf16);
    }

    private static void CheckBars(ColumnLayout[] columns)
    {
        var parts = 0;
        var seen = 0;
        var count = 0;
        foreach (var column in columns)
        {
            if (!column.IsBar || column.Kind == ColumnKind.String || column.Count == 0)
            {
                continue;
            }

            if (column.Kind != ColumnKind.Double || (parts > 0 && column.Count != count))
            {
                TableFormat.Fail("The parts of a bar do not match.");
            }

            count = column.Count;
            seen |= 1 << (column.Prediction - Prediction.BarOpen);
            parts++;
        }

        if (parts != 0 && (parts != 4 || seen != 0b1111))
        {
            TableFormat.Fail("A bar's parts are missing or repeated.");
        }
    }
}
