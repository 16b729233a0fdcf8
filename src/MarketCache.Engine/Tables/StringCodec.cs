using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace MarketCache.Engine.Tables;

/// <summary>Text columns: distinct texts and indices where texts repeat, one after another where they do not.</summary>
internal static class StringCodec
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes texts, none of them null.</summary>
    public static void Write(PayloadWriter writer, ReadOnlySpan<string> texts, Scratch scratch, bool planes)
    {
        var indices = scratch.Rent(texts.Length);
        var distinct = Distinct(texts, indices.Span);
        var isDictionary = distinct.Count <= texts.Length / 2;
        var stored = isDictionary ? CollectionsMarshal.AsSpan(distinct) : texts;

        var isUtf16 = false;
        foreach (var text in stored)
        {
            isUtf16 |= !IsWellFormed(text);
        }

        writer.WriteByte((byte)((isUtf16 ? TableFormat.StringUtf16Flag : 0) | (isDictionary ? TableFormat.StringDictionaryFlag : 0)));
        if (isDictionary)
        {
            writer.WriteVarint((ulong)stored.Length);
        }

        var lengths = scratch.Rent(stored.Length);
        long total = 0;
        for (var i = 0; i < stored.Length; i++)
        {
            lengths.Span[i] = isUtf16 ? 2L * stored[i].Length : StrictUtf8.GetByteCount(stored[i]);
            total += lengths.Span[i];
        }

        NumberStream.Write(writer, lengths.Span, planes);
        writer.WriteVarint((ulong)total);
        var space = writer.Reserve(checked((int)total));
        foreach (var text in stored)
        {
            space = space[(isUtf16 ? WriteUtf16(text, space) : StrictUtf8.GetBytes(text, space))..];
        }

        if (isDictionary)
        {
            NumberStream.Write(writer, indices.Span, planes);
        }
    }

    public static StringLayout ReadLayout(ref PayloadReader reader, int count)
    {
        var mode = reader.ReadByte();
        if ((mode & ~(TableFormat.StringUtf16Flag | TableFormat.StringDictionaryFlag)) != 0)
        {
            TableFormat.Fail($"Text mode {mode} is unknown.");
        }

        var isDictionary = (mode & TableFormat.StringDictionaryFlag) != 0;
        var stored = isDictionary ? reader.ReadCount(count) : count;
        var lengths = NumberStream.ReadLayout(ref reader, stored);
        var total = reader.ReadCount(reader.Remaining);
        var offset = reader.Position;
        reader.Skip(total);
        var indices = isDictionary ? NumberStream.ReadLayout(ref reader, count) : default;
        return new StringLayout((mode & TableFormat.StringUtf16Flag) != 0, isDictionary, stored, lengths, offset, total, indices);
    }

    /// <summary>Reads as many texts as fit into <paramref name="texts"/>.</summary>
    public static void Read(ReadOnlySpan<byte> padded, in StringLayout layout, Span<string> texts)
    {
        var numbers = NumberPool.Rent(Math.Max(texts.Length, layout.Count));
        try
        {
            var lengths = new Span<long>(numbers, 0, layout.Count);
            NumberStream.Read(padded, layout.Lengths, lengths);
            if (!layout.IsDictionary)
            {
                ReadTexts(padded.Slice(layout.Offset, layout.Length), layout.IsUtf16, lengths, texts);
                return;
            }

            var distinct = new string[layout.Count];
            ReadTexts(padded.Slice(layout.Offset, layout.Length), layout.IsUtf16, lengths, distinct);
            var indices = new Span<long>(numbers, 0, texts.Length);
            NumberStream.Read(padded, layout.Indices, indices);
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

    /// <summary>One text of the given bytes.</summary>
    public static string ReadText(ReadOnlySpan<byte> bytes, bool isUtf16)
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

    public static bool IsWellFormed(string text)
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

    public static int WriteUtf16(string text, Span<byte> space)
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
