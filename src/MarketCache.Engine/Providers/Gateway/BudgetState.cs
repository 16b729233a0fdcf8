using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Providers.Gateway;

/// <summary>
/// What the processes of a user share about one provider and key: the calls made and reserved, and the cool-down. Times are
/// ticks of UTC. As text: a line with format and version, one line per fact, and a last line with the XXH64 of all before it.
/// </summary>
internal sealed class BudgetState
{
    private const string FirstLine = "marketcache-budget 1";

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
    /// <returns>The state, or null where the bytes are not exactly what <see cref="Format"/> wrote.</returns>
    public static BudgetState? Parse(ReadOnlySpan<byte> bytes)
    {
        const int SumLength = 21; // "sum ", 16 hex digits, newline
        if (bytes.Length <= SumLength || bytes[^1] != '\n')
        {
            return null;
        }

        var body = bytes[..^SumLength];
        if (!bytes[^SumLength..].SequenceEqual(Encoding.ASCII.GetBytes(SumOf(body))))
        {
            return null;
        }

        var state = new BudgetState();
        var lines = Encoding.ASCII.GetString(body).Split('\n');
        if (lines[0] != FirstLine)
        {
            return null;
        }

        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            if (!state.Read(line.Split(' ')))
            {
                return null;
            }
        }

        return state;
    }

    /// <summary>The text form.</summary>
    public byte[] Format()
    {
        var text = new StringBuilder(64 + (Log.Calls.Count * 24));
        text.Append(FirstLine).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"horizon {Horizon.Ticks}\n");
        if (CoolDownUntil != 0 || Streak != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"cooldown {CoolDownUntil} {CoolDownLength.Ticks} {Streak}\n");
        }

        foreach (var (time, count) in Log.Calls)
        {
            text.Append(CultureInfo.InvariantCulture, $"call {time} {count}\n");
        }

        var body = text.ToString();
        return Encoding.ASCII.GetBytes(body + SumOf(Encoding.ASCII.GetBytes(body)));
    }

    private static string SumOf(ReadOnlySpan<byte> body) =>
        string.Create(CultureInfo.InvariantCulture, $"sum {XxHash64.HashToUInt64(body):x16}\n");

    private bool Read(string[] fields)
    {
        switch (fields[0])
        {
            case "horizon" when fields.Length == 2 && TryLong(fields[1], out var horizon):
                Horizon = TimeSpan.FromTicks(horizon);
                return true;
            case "cooldown" when fields.Length == 4 && TryLong(fields[1], out var until) && TryLong(fields[2], out var length) && TryLong(fields[3], out var streak):
                (CoolDownUntil, CoolDownLength, Streak) = (until, TimeSpan.FromTicks(length), (int)Math.Min(streak, 1000));
                return true;
            case "call" when fields.Length == 3 && TryLong(fields[1], out var time) && TryLong(fields[2], out var count):
                Log.Add(time, (int)Math.Min(count, int.MaxValue / 2));
                return true;
            default:
                return false;
        }
    }

    // Ticks beyond the year 9999 would overflow when a window is added.
    private static bool TryLong(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= DateTime.MaxValue.Ticks;
}
