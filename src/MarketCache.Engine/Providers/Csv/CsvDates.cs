using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>
/// Dates as people write them. Without a configured format every way of reading that fits all rows so far is followed; in the end one must be
/// left, or all must say the same.
/// </summary>
internal sealed class CsvDates
{
    private static readonly string[] Plain =
    [
        "yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-ddTHH:mm:ssK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyyMMdd HH:mm", "yyyyMMdd HH:mm:ss", "yyyyMMdd HHmmss", "yyyyMMdd HHmm",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd HH:mmzzz", "yyyy-MM", "MMM yyyy", "yyyy/M/d", "yyyy/M/d H:mm", "yyyy/M/d H:mm:ss", "yyyy.M.d", "yyyy.M.d H:mm", "yyyy.M.d H:mm:ss",
        "d.M.yyyy", "d.M.yyyy H:mm", "d.M.yyyy H:mm:ss", "d.M.yy", "MMM d, yyyy", "MMMM d, yyyy", "MMM d yyyy", "d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy", "d-MMM-yy", "d MMM yy", "MMM d, yyyy H:mm", "MMM d, yyyy h:mm tt",
    ];

    private static readonly string[] MonthFirst = [.. Ways("M/d/yyyy"), .. Ways("M/d/yy"), .. Ways("M-d-yyyy")];
    private static readonly string[] DayFirst = [.. Ways("d/M/yyyy"), .. Ways("d/M/yy"), .. Ways("d-M-yyyy")];
    private static readonly string[] UnixUnits = ["unix", "unix_ms", "unix_us", "unix_ns"];

    private readonly ExchangeZone _zone;
    private readonly bool _isIntraday;
    private readonly List<Reading> _readings;

    /// <param name="formats">The formats configured; none for a guess.</param>
    /// <param name="zone">The zone of moments.</param>
    /// <param name="isIntraday">Whether keys are moments; else days.</param>
    public CsvDates(IReadOnlyList<string> formats, ExchangeZone zone, bool isIntraday)
    {
        (_zone, _isIntraday, IsGuess) = (zone, isIntraday, formats.Count == 0);
        _readings = IsGuess
            ? [new("", [.. Plain]), new("M/d/yyyy", [.. MonthFirst]), new("d/M/yyyy", [.. DayFirst]), .. UnixUnits.Select(static unit => new Reading(unit, [unit]))]
            : [new("", [.. formats])];
        Expected = IsGuess ? "yyyy-MM-dd or another usual form" : string.Join(" or ", formats.Take(2));
    }

    /// <summary>Whether no format was configured.</summary>
    public bool IsGuess { get; }

    /// <summary>What dates should look like, for messages.</summary>
    public string Expected { get; }

    /// <summary>The rows read.</summary>
    public int Count => _readings[0].Keys.Count;

    /// <summary>Whether a text is a date by some reading.</summary>
    public bool Fits(ReadOnlySpan<char> text)
    {
        foreach (var reading in _readings)
        {
            if (TryRead(reading, text, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the next row's date; false if no reading fits it and all before.</summary>
    public bool Add(ReadOnlySpan<char> text)
    {
        for (var i = _readings.Count - 1; i >= 0; i--)
        {
            if (TryRead(_readings[i], text, out var key))
            {
                _readings[i].Keys.Add(key);
            }
            else if (_readings.Count > 1)
            {
                _readings.RemoveAt(i);
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The keys; null if the rows can be read in ways that differ.</summary>
    /// <param name="guess">The format taken, where it is more than a usual one.</param>
    public List<long>? Decide(out string? guess)
    {
        guess = null;
        var ordered = _readings.FindAll(static reading => IsOrdered(reading.Keys));
        var left = ordered.Count > 0 ? ordered : _readings;
        for (var i = 1; i < left.Count; i++)
        {
            if (!left[i].Keys.SequenceEqual(left[0].Keys))
            {
                return null;
            }
        }

        guess = left[0].Name.Length == 0 || !IsGuess ? null : left[0].Name;
        return left[0].Keys;
    }

    private static string[] Ways(string day) => [day, day + " H:mm", day + " H:mm:ss", day + " h:mm tt", day + " h:mm:ss tt", day + ", h:mm:ss tt"];

    private static bool IsOrdered(List<long> keys)
    {
        var (up, down) = (true, true);
        for (var i = 1; i < keys.Count; i++)
        {
            up &= keys[i] > keys[i - 1];
            down &= keys[i] < keys[i - 1];
        }

        return up || down;
    }

    private bool TryRead(Reading reading, ReadOnlySpan<char> text, out long key)
    {
        for (var i = 0; i < reading.Formats.Count; i++)
        {
            var format = reading.Formats[i];
            var unit = Array.IndexOf(UnixUnits, format);
            if (unit >= 0 ? TryUnix(text, unit, out key) : TryExact(text, format, out key))
            {
                // The next row looks like this one.
                if (i > 0)
                {
                    reading.Formats.RemoveAt(i);
                    reading.Formats.Insert(0, format);
                }

                return true;
            }
        }

        key = 0;
        return false;
    }

    private bool TryExact(ReadOnlySpan<char> text, string format, out long key)
    {
        key = 0;
        var takesNoOffset = format.EndsWith('K') && text.Length > 6 && text[^1] != 'Z' && text[^6] is not ('+' or '-');
        if (takesNoOffset || !DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return false;
        }

        var hasOffset = format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal) || format.Contains("'UTC'", StringComparison.Ordinal);
        key = !_isIntraday ? DateOnly.FromDateTime(moment.DateTime).DayNumber
            : hasOffset ? moment.UtcTicks
            : _zone.ToUtc(moment.DateTime).Ticks;
        return true;
    }

    /// <summary>Seconds (9 or 10 digits), or thousandths, millionths or billionths of them, since 1970; a configured unit may have any length.</summary>
    private bool TryUnix(ReadOnlySpan<char> text, int unit, out long key)
    {
        key = 0;
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || (point >= 0 && text[(point + 1)..].IndexOfAnyExceptInRange('0', '9') >= 0)
            || (IsGuess && whole.Length != 10 + (3 * unit) && whole.Length != 9 + (3 * unit)))
        {
            return false;
        }

        var ticks = unit switch { 0 => (Int128)number * TimeSpan.TicksPerSecond, 1 => (Int128)number * TimeSpan.TicksPerMillisecond, 2 => (Int128)number * 10, _ => (Int128)(number / 100) };
        ticks += DateTime.UnixEpoch.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        key = _isIntraday ? (long)ticks : _zone.DayOf(new DateTime((long)ticks, DateTimeKind.Utc)).DayNumber;
        return true;
    }

    /// <summary>One way to read all rows so far.</summary>
    private sealed record Reading(string Name, List<string> Formats)
    {
        public List<long> Keys { get; } = [];
    }
}
