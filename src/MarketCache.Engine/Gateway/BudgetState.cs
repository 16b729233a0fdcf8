using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Gateway;

/// <summary>
/// What the processes of a user share about one provider and key: the calls made and reserved, and the cool-down. Times are
/// ticks of UTC. As text: a line with format and version, one line per fact, and a last line with the XXH64 of all before it.
/// </summary>
internal sealed class BudgetState
{
    private const int SumLength = 21; // "sum ", 16 hex digits, newline

    private static ReadOnlySpan<byte> FirstLine => "marketcache-budget 1\n"u8;

    /// <summary>The calls.</summary>
    public CallLog Log { get; } = new();

    /// <summary>How far back any process needs to look: the longest window among their configurations.</summary>
    public TimeSpan Horizon { get; set; }

    /// <summary>Until when the provider asked to be left alone; 0 for not at all.</summary>
    public long CoolDownUntil { get; set; }

    /// <summary>How long the cool-down lasts in all.</summary>
    public TimeSpan CoolDownLength { get; set; }

    /// <summary>Cool-downs since the last success.</summary>
    public int Streak { get; set; }

    /// <summary>Reads the text form.</summary>
    /// <returns>The state, or null if the bytes are not exactly what <see cref="Format"/> wrote.</returns>
    public static BudgetState? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= SumLength || bytes[^1] != '\n' || !bytes[^SumLength..].SequenceEqual(SumOf(bytes[..^SumLength])))
        {
            return null;
        }

        var rest = bytes[..^SumLength];
        if (!rest.StartsWith(FirstLine))
        {
            return null;
        }

        rest = rest[FirstLine.Length..];
        var state = new BudgetState();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0 || !state.Read(rest[..end]))
            {
                return null;
            }

            rest = rest[(end + 1)..];
        }

        return state;
    }

    /// <summary>The text form.</summary>
    public byte[] Format()
    {
        var text = new ArrayBufferWriter<byte>(256 + (Log.Calls.Count * 28));
        text.Write(FirstLine);
        WriteLine(text, "horizon"u8, Horizon.Ticks);
        if (CoolDownUntil != 0 || Streak != 0)
        {
            WriteLine(text, "cooldown"u8, CoolDownUntil, CoolDownLength.Ticks, Streak);
        }

        foreach (var (time, count) in Log.Calls)
        {
            WriteLine(text, "call"u8, time, count);
        }

        text.Write(SumOf(text.WrittenSpan));
        return text.WrittenSpan.ToArray();
    }

    private static byte[] SumOf(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"sum {XxHash64.HashToUInt64(body):x16}\n"));

    private static void WriteLine(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> name, params ReadOnlySpan<long> values)
    {
        text.Write(name);
        foreach (var value in values)
        {
            var span = text.GetSpan(24);
            span[0] = (byte)' ';
            Utf8Formatter.TryFormat(value, span[1..], out var written);
            text.Advance(written + 1);
        }

        text.Write("\n"u8);
    }

    private bool Read(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            return false;
        }

        Span<long> values = stackalloc long[3];
        var count = ReadNumbers(line[space..], values);
        var name = line[..space];
        if (name.SequenceEqual("call"u8) && count == 2)
        {
            Log.Add(values[0], (int)Math.Min(values[1], int.MaxValue / 2));
            return true;
        }

        if (name.SequenceEqual("horizon"u8) && count == 1)
        {
            Horizon = TimeSpan.FromTicks(values[0]);
            return true;
        }

        if (name.SequenceEqual("cooldown"u8) && count == 3)
        {
            (CoolDownUntil, CoolDownLength, Streak) = (values[0], TimeSpan.FromTicks(values[1]), (int)Math.Min(values[2], 1000));
            return true;
        }

        return false;
    }

    /// <summary>How many numbers there are, each after one space; -1 if anything else is found.</summary>
    private static int ReadNumbers(ReadOnlySpan<byte> text, Span<long> values)
    {
        var count = 0;
        while (text.Length > 0)
        {
            // Ticks beyond the year 9999 would overflow when a window is added.
            if (count == values.Length || text[0] != ' ' || !Utf8Parser.TryParse(text[1..], out long value, out var used)
                || value < 0 || value > DateTime.MaxValue.Ticks)
            {
                return -1;
            }

            values[count++] = value;
            text = text[(used + 1)..];
        }

        return count;
    }
}
