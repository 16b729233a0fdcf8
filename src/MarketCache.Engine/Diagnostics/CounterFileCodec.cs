using System.Globalization;
using System.Text;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// Counter files as text: a version line, the day, hours with a line per count, and a checksum over all before it
/// (docs/statistics.md). Reading trusts nothing: everything that is not exactly such a file is damaged.
/// </summary>
internal static class CounterFileCodec
{
    /// <summary>The largest file read.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private const string Magic = "marketcache-counters ";
    private const int Version = 1;
    private const string Check = "check ";
    private const int CheckLength = 6 + 32 + 1;

    /// <summary>Writes a file.</summary>
    /// <param name="file">The file.</param>
    public static byte[] Encode(CounterFile file)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Magic}{Version}\nday {file.Day:yyyy-MM-dd}\n");
        if (file.IsClosed)
        {
            text.Append("closed\n");
        }

        foreach (var name in file.Folded)
        {
            text.Append(CultureInfo.InvariantCulture, $"folded {name}\n");
        }

        foreach (var (hour, counts) in file.Hours)
        {
            text.Append(CultureInfo.InvariantCulture, $"hour {hour}\n");
            foreach (var (name, count) in counts.Counts.OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{name} {count}\n");
            }
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length) + CheckLength];
        var length = Encoding.UTF8.GetBytes(text.ToString(), bytes);
        var check = string.Create(CultureInfo.InvariantCulture, $"{Check}{Hash128.Of(bytes.AsSpan(0, length))}\n");
        length += Encoding.ASCII.GetBytes(check, bytes.AsSpan(length));
        return bytes[..length];
    }

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">Its bytes, from anywhere.</param>
    /// <param name="file">The file, if it is whole.</param>
    public static CounterFileState TryDecode(ReadOnlySpan<byte> bytes, out CounterFile? file)
    {
        file = null;
        if (bytes.Length < CheckLength || bytes.Length > MaxBytes)
        {
            return CounterFileState.Damaged;
        }

        var body = bytes[..^CheckLength];
        var check = Encoding.ASCII.GetString(bytes[^CheckLength..]);
        if (check != string.Create(CultureInfo.InvariantCulture, $"{Check}{Hash128.Of(body)}\n"))
        {
            return CounterFileState.Damaged;
        }

        var lines = Encoding.UTF8.GetString(body).Split('\n');
        if (!lines[0].StartsWith(Magic, StringComparison.Ordinal)
            || !int.TryParse(lines[0].AsSpan(Magic.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return CounterFileState.Damaged;
        }

        if (version > Version)
        {
            return CounterFileState.Newer;
        }

        file = Parse(lines);
        return file is null ? CounterFileState.Damaged : CounterFileState.Whole;
    }

    private static CounterFile? Parse(string[] lines)
    {
        if (lines.Length < 3
            || lines[^1].Length != 0
            || !lines[1].StartsWith("day ", StringComparison.Ordinal)
            || !DateOnly.TryParseExact(lines[1].AsSpan(4), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return null;
        }

        var file = new CounterFile(day);
        CounterSet? counts = null;
        foreach (var line in lines.AsSpan(2, lines.Length - 3))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (line == "closed")
            {
                file.IsClosed = true;
            }
            else if (line.StartsWith("folded ", StringComparison.Ordinal))
            {
                file.Folded.Add(line["folded ".Length..]);
            }
            else if (space <= 0 || !long.TryParse(line.AsSpan(space + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }
            else if (line.StartsWith("hour ", StringComparison.Ordinal))
            {
                counts = new CounterSet();
                if (value is < 0 or > 23 || !file.Hours.TryAdd((int)value, counts))
                {
                    return null;
                }
            }
            else if (counts is null)
            {
                return null;
            }
            else
            {
                counts.Add(line[..space], value);
            }
        }

        return file;
    }
}
