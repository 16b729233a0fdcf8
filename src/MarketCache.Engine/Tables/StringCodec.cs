namespace MarketCache.Engine.Tables;

/// <summary>Names and text columns. Texts are 16-bit units, so that any .NET string comes back; Zstandard makes them small.</summary>
internal static class StringCodec
{
    /// <summary>Writes texts, none of them null: the distinct ones in order of appearance, then which of them each row has.</summary>
    public static void Write(PayloadWriter writer, ReadOnlySpan<string> texts, Scratch scratch)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var indices = scratch.Get(0, texts.Length);
        var lengths = scratch.Get(1, texts.Length);
        ulong units = 0;
        for (var i = 0; i < texts.Length; i++)
        {
            if (!known.TryGetValue(texts[i], out var index))
            {
                index = known.Count;
                known.Add(texts[i], index);
                lengths[index] = texts[i].Length;
                units += (ulong)texts[i].Length;
            }

            indices[i] = index;
        }

        writer.WriteVarint((ulong)known.Count);
        PackedNumbers.Write(writer, lengths[..known.Count]);
        writer.WriteVarint(units);
        for (int i = 0, next = 0; i < texts.Length; i++)
        {
            if (indices[i] == next)
            {
                WriteUnits(writer, texts[i]);
                next++;
            }
        }

        PackedNumbers.Write(writer, indices);
    }

    public static void ReadLayout(ref PayloadReader reader, ref ColumnLayout column)
    {
        column.TextCount = reader.ReadCount(column.Count);
        column.NumbersAt = reader.Position;
        PackedNumbers.Skip(ref reader, column.TextCount);
        column.TextBytes = 2 * reader.ReadCount(reader.Remaining / 2);
        column.TextsAt = reader.Position;
        reader.Skip(column.TextBytes);
        column.IndicesAt = reader.Position;
        PackedNumbers.Skip(ref reader, column.Count);
    }

    /// <summary>Reads as many texts as fit into <paramref name="texts"/>.</summary>
    public static void Read(ReadOnlySpan<byte> padded, in ColumnLayout column, Span<string> texts)
    {
        var scratch = NumberPool.Rent(texts.Length);
        try
        {
            var distinct = new string[column.TextCount];
            var lengths = new Span<long>(scratch, 0, distinct.Length);
            PackedNumbers.Read(padded, column.NumbersAt, lengths);
            var bytes = padded.Slice(column.TextsAt, column.TextBytes);
            for (var i = 0; i < distinct.Length; i++)
            {
                if ((ulong)lengths[i] > (ulong)bytes.Length / 2)
                {
                    TableFormat.Fail("A text is longer than all of them.");
                }

                var length = 2 * (int)lengths[i];
                distinct[i] = ReadUnits(bytes[..length]);
                bytes = bytes[length..];
            }

            if (!bytes.IsEmpty)
            {
                TableFormat.Fail("Text is left over.");
            }

            var indices = new Span<long>(scratch, 0, texts.Length);
            PackedNumbers.Read(padded, column.IndicesAt, indices);
            for (var i = 0; i < texts.Length; i++)
            {
                if ((ulong)indices[i] >= (ulong)distinct.Length)
                {
                    TableFormat.Fail("A text's index is beyond them.");
                }

                texts[i] = distinct[(int)indices[i]];
            }
        }
        finally
        {
            NumberPool.Return(scratch);
        }
    }

    /// <summary>Writes a name: well-known ones as one byte.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="name">The name.</param>
    /// <param name="flag">A flag to set in the first byte.</param>
    public static void WriteName(PayloadWriter writer, string name, byte flag = 0)
    {
        var known = Array.IndexOf(TableFormat.WellKnownNames, name);
        writer.WriteByte((byte)((known + 1) | flag));
        if (known < 0)
        {
            writer.WriteVarint((ulong)name.Length);
            WriteUnits(writer, name);
        }
    }

    /// <summary>Reads a name and whether the flag in its first byte is set.</summary>
    public static string ReadName(ref PayloadReader reader, out bool hasFlag)
    {
        var id = reader.ReadByte();
        hasFlag = (id & TableFormat.SharedFlag) != 0;
        var known = (id & ~TableFormat.SharedFlag) - 1;
        if (known < 0)
        {
            return ReadUnits(reader.ReadBytes(2 * reader.ReadCount(reader.Remaining / 2)));
        }

        if (known >= TableFormat.WellKnownNames.Length)
        {
            TableFormat.Fail($"Name {known} is unknown.");
        }

        return TableFormat.WellKnownNames[known];
    }

    private static void WriteUnits(PayloadWriter writer, string text)
    {
        var space = writer.Reserve(2 * text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            space[2 * i] = (byte)text[i];
            space[(2 * i) + 1] = (byte)(text[i] >> 8);
        }
    }

    private static string ReadUnits(ReadOnlySpan<byte> bytes)
    {
        var units = new char[bytes.Length / 2];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (char)(bytes[2 * i] | (bytes[(2 * i) + 1] << 8));
        }

        return new string(units);
    }
}
