using System.Buffers;
using System.Text;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>
/// A feed's own file as bytes and back: coverage, facts, the index of its blocks, and the rows of the last one (docs/table-format.md,
/// "The body of a feed"). Reading trusts nothing.
/// </summary>
internal static class FeedCodec
{
    private const byte Format = 1;
    private const int MostViews = 256;
    private const int MostText = 1 << 16;

    /// <summary>The body of a feed.</summary>
    /// <param name="feed">The feed; every block but the last has its object.</param>
    /// <param name="tail">The encoded rows of the last block.</param>
    public static byte[] Encode(Feed feed, ReadOnlySpan<byte> tail)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + tail.Length);
        WriteByte(buffer, Format);
        WriteNumber(buffer, feed.Facts.All.Count);
        foreach (var (name, value) in feed.Facts.All)
        {
            WriteText(buffer, name);
            WriteText(buffer, value);
        }

        WriteNumber(buffer, feed.Actions.Count);
        var day = 0;
        foreach (var action in feed.Actions)
        {
            WriteNumber(buffer, action.ExDay - day);
            WriteByte(buffer, (byte)action.Kind);
            day = action.ExDay;
        }

        WriteNumber(buffer, feed.Blocks.Count);
        foreach (var block in feed.Blocks)
        {
            WriteSigned(buffer, block.From == long.MinValue ? 0 : block.From);
        }

        // Types that travel together know the same keys: their runs are written once.
        var lists = new List<IReadOnlyList<CoverageRun>>();
        WriteNumber(buffer, feed.Views.Count);
        foreach (var view in feed.Views)
        {
            WriteText(buffer, view.Type);
            WriteByte(buffer, view.IsKept ? (byte)1 : (byte)0);
            WriteNumber(buffer, view.AskedOn);
            WriteNumber(buffer, view.AskedTo);
            for (var i = 0; i < feed.Blocks.Count; i++)
            {
                WriteNumber(buffer, view.Counts[i]);
            }

            var list = lists.FindIndex(l => l.SequenceEqual(view.Runs));
            WriteNumber(buffer, list < 0 ? lists.Count : list);
            if (list < 0)
            {
                lists.Add(view.Runs);
                WriteRuns(buffer, view.Runs);
            }
        }

        WriteNumber(buffer, tail.Length);
        buffer.Write(tail);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The feed of a stored state, none of its rows loaded.</summary>
    /// <param name="stored">The stored state.</param>
    /// <exception cref="FeedFormatException">The bytes are not of this format.</exception>
    public static Feed Decode(StoredFeed stored)
    {
        var reader = new Reader(stored.Body);
        if (reader.Byte() != Format)
        {
            throw new FeedFormatException("It was written by another version.");
        }

        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.Count(2); left > 0; left--)
        {
            facts[reader.Text()] = reader.Text();
        }

        var actions = new CorporateAction[reader.Count(2)];
        long day = 0;
        for (var i = 0; i < actions.Length; i++)
        {
            day += reader.Number();
            var kind = (AdjustmentKinds)reader.Byte();
            Check(day is >= 0 and <= 3_652_058 && kind is AdjustmentKinds.Splits or AdjustmentKinds.Dividends, "an action is none");
            actions[i] = new CorporateAction((int)day, kind);
            Check(i == 0 || actions[i].CompareTo(actions[i - 1]) > 0, "actions are out of order");
        }

        var blocks = new FeedBlock[reader.Count(1)];
        Check(blocks.Length == stored.Objects.Count + 1, "blocks and objects differ in number");
        for (var i = 0; i < blocks.Length; i++)
        {
            var from = reader.Signed();
            blocks[i] = new FeedBlock(i == 0 ? long.MinValue : from, i < stored.Objects.Count ? stored.Objects[i] : null, IsChanged: false);
            Check(i == 0 || from > blocks[i - 1].From, "blocks are out of order");
        }

        var lists = new List<CoverageRun[]>();
        var views = new FeedView[reader.Count(5, MostViews)];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = View(ref reader, blocks.Length, lists);
            Check(!views.Take(i).Any(v => v.BlockName == views[i].BlockName), "a type stands twice");
        }

        var tail = reader.Bytes(reader.Count(1));
        Check(reader.IsAtEnd, "something is left over");
        return new Feed
        {
            Key = stored.Key,
            Stored = stored.State,
            Stamp = stored.State.Stamp,
            Version = stored.State.Version,
            IsSaved = true,
            Views = views,
            Facts = new FeedFacts(facts),
            Actions = actions,
            Blocks = blocks,
            LoadedCount = 0,
            Tail = tail,
        };
    }

    private static FeedView View(ref Reader reader, int blocks, List<CoverageRun[]> lists)
    {
        var (type, isKept) = (reader.Text(), reader.Byte() != 0);
        var (askedOn, askedTo) = (reader.Int(), reader.Int());
        var counts = new int[blocks];
        for (var i = 0; i < blocks; i++)
        {
            counts[i] = reader.Int();
        }

        var list = reader.Int();
        Check(list <= lists.Count, "a list of runs is missing");
        if (list == lists.Count)
        {
            lists.Add(Runs(ref reader));
        }

        return new FeedView(type, isKept) { AskedOn = askedOn, AskedTo = askedTo, Counts = counts, Runs = lists[list] };
    }

    private static void WriteRuns(ArrayBufferWriter<byte> buffer, IReadOnlyList<CoverageRun> runs)
    {
        WriteNumber(buffer, runs.Count);
        long key = 0, at = 0;
        foreach (var run in runs)
        {
            WriteSigned(buffer, run.First - key);
            WriteNumber(buffer, run.Last - run.First);
            WriteSigned(buffer, run.FetchedAt - at);
            WriteByte(buffer, (byte)((run.IsFinal ? 1 : 0) | (Math.Min((int)run.Doubt, 127) << 1)));
            (key, at) = (run.Last, run.FetchedAt);
        }
    }

    private static CoverageRun[] Runs(ref Reader reader)
    {
        var runs = new CoverageRun[reader.Count(4)];
        long key = 0, at = 0;
        for (var i = 0; i < runs.Length; i++)
        {
            var first = unchecked(key + reader.Signed());
            var last = unchecked(first + reader.Number());
            at = unchecked(at + reader.Signed());
            var state = reader.Byte();
            runs[i] = new CoverageRun(first, last, at, (state & 1) != 0) { Doubt = (byte)(state >> 1) };
            Check(last >= first && (i == 0 || first > key), "runs are out of order");
            key = last;
        }

        return runs;
    }

    private static void WriteByte(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> buffer, long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            WriteByte(buffer, (byte)(rest | 0x80));
            rest >>= 7;
        }

        WriteByte(buffer, (byte)rest);
    }

    private static void WriteSigned(ArrayBufferWriter<byte> buffer, long value) => WriteNumber(buffer, (value << 1) ^ (value >> 63));

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(buffer, length);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    private static void Check(bool isRight, string what)
    {
        if (!isRight)
        {
            throw new FeedFormatException($"The body of a feed is damaged: {what}.");
        }
    }

    private struct Reader(ReadOnlyMemory<byte> bytes)
    {
        private int _at;

        public readonly bool IsAtEnd => _at == bytes.Length;

        public byte Byte()
        {
            Check(_at < bytes.Length, "it ends too early");
            return bytes.Span[_at++];
        }

        public long Number()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = Byte();
                Check(shift < 63 || part <= 1, "a number is too long");
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return (long)value;
                }
            }
        }

        public long Signed()
        {
            var value = (ulong)Number();
            return (long)(value >> 1) ^ -(long)(value & 1);
        }

        public int Int()
        {
            var value = Number();
            Check(value is >= 0 and <= int.MaxValue, "a number is too large");
            return (int)value;
        }

        /// <summary>A number of things of at least so many bytes each: never more than can be there.</summary>
        public int Count(int bytesEach, int most = int.MaxValue)
        {
            var value = Number();
            Check(value >= 0 && value <= most && value <= (bytes.Length - _at) / bytesEach, "a count is too large");
            return (int)value;
        }

        public string Text()
        {
            var span = Bytes(Count(1, MostText)).Span;
            return Encoding.UTF8.GetString(span);
        }

        public ReadOnlyMemory<byte> Bytes(int count)
        {
            Check(count <= bytes.Length - _at, "it ends too early");
            var found = bytes.Slice(_at, count);
            _at += count;
            return found;
        }
    }
}
