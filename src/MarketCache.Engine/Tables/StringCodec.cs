using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace MarketCache.Engine.Tables;

/// <summary>Names, and text columns: distinct texts and indices where texts repeat, one after another where they do not.</summary>
internal static class StringCodec
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes texts, none of them null.</summary>
    public static void Write(PayloadWriter writer, ReadOnlySpan<string> texts, Scratch scratch)
    {
        var indices = scratch.Get(0, texts.Length);
        var distinct = Distinct(texts, indices);
        var isDictionary = distinct.Count <= texts.Length / 2;
        var stored = isDictionary ? CollectionsMarshal.AsSpan(distinct) : texts;

        var isUtf16 = false;
        foreach (var text in stored)
        {
            isUtf16 |= !IsWellFormed(text);
        }

        writer.WriteByte((byte)((isUtf16 ? TableFormat.TextUtf16Flag : 0) | (isDictionary ? TableFormat.TextDictionaryFlag : 0)));
        if (isDictionary)
        {
            writer.WriteVarint((ulong)stored.Length);
        }

        var lengths = scratch.Get(1, stored.Length);
        long total = 0;
        for (var i = 0; i < stored.Length; i++)
        {
            lengths[i] = isUtf16 ? 2L * stored[i].Length : StrictUtf8.GetByteCount(stored[i]);
            total += lengths[i];
        }

        PackedNumbers.Write(writer, lengths);
        writer.WriteVarint((ulong)total);
        var space = writer.Reserve(checked((int)total));
        foreach (var text in stored)
        {
            space = space[(isUtf16 ? WriteUtf16(text, space) : StrictUtf8.GetBytes(text, space))..];
        }

        if (isDictionary)
        {
            PackedNumbers.Write(writer, indices);
        }
    }

    public static void ReadLayout(ref PayloadReader reader, ref ColumnLayout column)
    {
        var mode = reader.ReadByte();
        if ((mode & ~(TableFormat.TextUtf16Flag | TableFormat.TextDictionaryFlag)) != 0)
        {
            TableFormat.Fail($"Text mode {mode} is unknown.");
        }

        column.IsUtf16 = (mode & TableFormat.TextUtf16Flag) != 0;
        column.IsDictionary = (mode & TableFormat.TextDictionaryFlag) != 0;
        column.TextCount = column.IsDictionary ? reader.ReadCount(column.Count) : column.Count;
        column.NumbersAt = reader.Position;
        PackedNumbers.Skip(ref reader, column.TextCount);
        column.TextBytes = reader.ReadCount(reader.Remaining);
        column.TextsAt = reader.Position;
        reader.Skip(column.TextBytes);
        column.IndicesAt = reader.Position;
        if (column.IsDictionary)
        {
            PackedNumbers.Skip(ref reader, column.Count);
        }
    }

    /// <summary>Reads as many texts as fit into <paramref name="texts"/>.</summary>
    public static void Read(ReadOnlySpan<byte> padded, in ColumnLayout column, Span<string> texts)
    {
        var numbers = NumberPool.Rent(texts.Length);
        try
        {
            var lengths = new Span<long>(numbers, 0, column.TextCount);
            var bytes = padded.Slice(column.TextsAt, column.TextBytes);
            PackedNumbers.Read(padded, column.NumbersAt, lengths);
            if (!column.IsDictionary)
            {
                ReadTexts(bytes, column.IsUtf16, lengths, texts);
                return;
            }

            var distinct = new string[column.TextCount];
            ReadTexts(bytes, column.IsUtf16, lengths, distinct);
            var indices = new Span<long>(numbers, 0, texts.Length);
            PackedNumbers.Read(padded, column.IndicesAt, indices);
            for (var i = 0; i < texts.Length; i++)
            {
                if ((ulong)indices[i] >= (ulong)distinct.Length)
                {
                    TableFormat.Fail("A text's index is beyond the dictionary.");
                }

                texts[i] = distinct[(int)indices[i]];
            }
        }
        finally
        {
            NumberPool.Return(numbers);
        }
    }

    /// <summary>Writes a name: well-known ones as one byte.</summary>
    /// <param name="writer">Takes the bytes.</param>
    /// <param name="name">The name.</param>
    /// <param name="flag">A flag to set in the first byte.</param>
    public static void WriteName(PayloadWriter writer, string name, byte flag = 0)
    {
        var known = Array.IndexOf(TableFormat.WellKnownNames, name);
        if (known >= 0)
        {
            writer.WriteByte((byte)((TableFormat.FirstWellKnownName + known) | flag));
            return;
        }

        var isUtf16 = !IsWellFormed(name);
        var length = isUtf16 ? 2 * name.Length : StrictUtf8.GetByteCount(name);
        writer.WriteByte((byte)((isUtf16 ? TableFormat.NameUtf16 : TableFormat.NameUtf8) | flag));
        writer.WriteVarint((ulong)length);
        var space = writer.Reserve(length);
        if (isUtf16)
        {
            WriteUtf16(name, space);
        }
        else
        {
            StrictUtf8.GetBytes(name, space);
        }
    }

    /// <summary>Reads a name and whether the flag in its first byte is set.</summary>
    public static string ReadName(ref PayloadReader reader, out bool hasFlag)
    {
        var id = reader.ReadByte();
        hasFlag = (id & TableFormat.SharedFlag) != 0;
        id &= TableFormat.SharedFlag - 1;
        if (id < TableFormat.FirstWellKnownName)
        {
            return ReadText(reader.ReadBytes(reader.ReadCount(reader.Remaining)), isUtf16: id == TableFormat.NameUtf16);
        }

        if (id - TableFormat.FirstWellKnownName >= TableFormat.WellKnownNames.Length)
        {
            TableFormat.Fail($"Name {id} is unknown.");
        }

        return TableFormat.WellKnownNames[id - TableFormat.FirstWellKnownName];
    }

    /// <summary>One text of the given bytes.</summary>
    private static string ReadText(ReadOnlySpan<byte> bytes, bool isUtf16)
    {
        if (!isUtf16)
        {
            if (!Utf8.IsValid(bytes))
            {
                TableFormat.Fail("A text is not valid UTF-8.");
            }

            return StrictUtf8.GetString(bytes);
        }

        if (bytes.Length % 2 != 0)
        {
            TableFormat.Fail("A text of 16-bit units has an odd number of bytes.");
        }

        var units = new char[bytes.Length / 2];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (char)(bytes[2 * i] | (bytes[(2 * i) + 1] << 8));
        }

        return new string(units);
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    private static int WriteUtf16(string text, Span<byte> space)
    {
        for (var i = 0; i < text.Length; i++)
        {
            space[2 * i] = (byte)text[i];
            space[(2 * i) + 1] = (byte)(text[i] >> 8);
        }

        return 2 * text.Length;
    }

    private static void ReadTexts(ReadOnlySpan<byte> bytes, bool isUtf16, ReadOnlySpan<long> lengths, Span<string> texts)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if ((ulong)lengths[i] > (ulong)bytes.Length)
            {
                TableFormat.Fail("A text is longer than all of them.");
            }

            texts[i] = ReadText(bytes[..(int)lengths[i]], isUtf16);
            bytes = bytes[(int)lengths[i]..];
        }

        if (!bytes.IsEmpty)
        {
            TableFormat.Fail("Text is left over.");
        }
    }

    // In order of appearance, which makes the bytes a function of the rows alone.
    private static List<string> Distinct(ReadOnlySpan<string> texts, Span<long> indices)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new List<string>();
        for (var i = 0; i < texts.Length; i++)
        {
            if (!known.TryGetValue(texts[i], out var index))
            {
                index = distinct.Count;
                known.Add(texts[i], index);
                distinct.Add(texts[i]);
            }

            indices[i] = index;
        }

        return distinct;
    }
}
