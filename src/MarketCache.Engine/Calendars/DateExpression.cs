using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>
/// A day described once for every year: <c>12-25</c>, <c>easter-2</c>, <c>orthodox-easter+1</c>, <c>3rd Monday of January</c>, <c>last Monday of May</c>,
/// <c>Monday on or before 05-24</c>, a date (<c>2018-12-05</c>) or the name of a list of dates; each may carry a number of days
/// to add: <c>4th Thursday of November +1</c>, <c>lunar-new-year -1</c>.
/// </summary>
internal sealed class DateExpression
{
    private const string Forms = "a day such as 12-25, easter-2, '3rd Monday of January', 'Monday on or before 05-24', 2018-12-05 or the name of a list";

    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] Weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    // The lists that any calendar may name.
    private static readonly Lazy<Dictionary<string, int[]>> Feasts = new(() =>
        CalendarDefinitionParser.ParseLists(DataFileReader.ReadResource("Calendars/feasts.yaml")["lists"]));

    private readonly Form _form;
    private readonly int _month;
    private readonly int _day;
    private readonly int _nth;
    private readonly DayOfWeek _weekday;
    private readonly int _offset;
    private readonly int[]? _dates;

    private DateExpression(Form form, int offset, int month = 0, int day = 0, int nth = 0, DayOfWeek weekday = default, int[]? dates = null)
    {
        _form = form;
        _offset = offset;
        _month = month;
        _day = day;
        _nth = nth;
        _weekday = weekday;
        _dates = dates;
    }

    private enum Form
    {
        MonthDay,
        Easter,
        OrthodoxEaster,
        NthWeekday,
        LastWeekday,
        WeekdayOnOrBefore,
        WeekdayOnOrAfter,
        Dates,
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="node">Where it stands.</param>
    /// <param name="lists">The named lists of days, as day numbers.</param>
    /// <exception cref="ConfigurationException">It is none of the forms.</exception>
    public static DateExpression Parse(DataNode node, IReadOnlyDictionary<string, int[]> lists)
    {
        if (node.Kind == DataNodeKind.List)
        {
            var dates = new int[node.Items.Count];
            for (var i = 0; i < dates.Length; i++)
            {
                dates[i] = ParseDate(node.Items[i]).DayNumber;
            }

            return new DateExpression(Form.Dates, 0, dates: dates);
        }

        if (node.Kind != DataNodeKind.Scalar || node.Text.Length == 0)
        {
            throw CalendarError.Wrong(node, Forms);
        }

        var text = node.Text.AsSpan().Trim();
        if (TryDate(text, out var date))
        {
            return new DateExpression(Form.Dates, 0, dates: [date.DayNumber]);
        }

        var offset = 0;
        var sign = text.LastIndexOfAny('+', '-');
        var isMonthDay = TryMonthDay(text, out var month, out var day);
        if (!isMonthDay && sign > 0 && int.TryParse(text[sign..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset))
        {
            // The days to add follow a word or a blank; the dash of "on or before 05-24" follows a digit.
            if (char.IsAsciiDigit(text[sign - 1]))
            {
                offset = 0;
            }
            else
            {
                text = text[..sign].TrimEnd();
            }
        }

        if (isMonthDay || TryMonthDay(text, out month, out day))
        {
            return new DateExpression(Form.MonthDay, offset, month, day);
        }

        if (text.Equals("easter", StringComparison.OrdinalIgnoreCase))
        {
            return new DateExpression(Form.Easter, offset);
        }

        if (text.Equals("orthodox-easter", StringComparison.OrdinalIgnoreCase))
        {
            return new DateExpression(Form.OrthodoxEaster, offset);
        }

        if (lists.TryGetValue(text.ToString(), out var listed))
        {
            return new DateExpression(Form.Dates, offset, dates: listed);
        }

        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 1 && Feasts.Value.TryGetValue(words[0], out listed))
        {
            return new DateExpression(Form.Dates, offset, dates: listed);
        }

        if (words.Length == 4 && words[2] == "of" && TryWeekday(words[1], out var weekday))
        {
            month = Array.IndexOf(Months, words[3]) + 1;
            var nth = words[0] is "1st" or "2nd" or "3rd" or "4th" or "5th" ? words[0][0] - '0' : 0;
            if (month > 0 && (nth > 0 || words[0] == "last"))
            {
                return new DateExpression(nth == 0 ? Form.LastWeekday : Form.NthWeekday, offset, month, 0, nth, weekday);
            }
        }

        if (words.Length == 5 && words[1] == "on" && words[2] == "or" && words[3] is "before" or "after"
            && TryWeekday(words[0], out weekday) && TryMonthDay(words[4], out month, out day))
        {
            return new DateExpression(words[3] == "before" ? Form.WeekdayOnOrBefore : Form.WeekdayOnOrAfter, offset, month, day, 0, weekday);
        }

        throw CalendarError.Wrong(node, Forms);
    }

    /// <summary>Reads a date, <c>yyyy-MM-dd</c>.</summary>
    /// <exception cref="ConfigurationException">It is not one.</exception>
    public static DateOnly ParseDate(DataNode node) =>
        TryDate(node.Text, out var date) ? date : throw CalendarError.Wrong(node, "a date such as 2018-12-05");

    /// <summary>Reads the name of a weekday, in full or its first three letters.</summary>
    public static bool TryWeekday(ReadOnlySpan<char> text, out DayOfWeek weekday)
    {
        for (var i = 0; i < Weekdays.Length; i++)
        {
            weekday = (DayOfWeek)i;
            var name = Weekdays[i];
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.Equals(name.AsSpan(0, 3), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        weekday = default;
        return false;
    }

    /// <summary>Adds the days it means.</summary>
    /// <param name="firstYear">The first year.</param>
    /// <param name="lastYear">The last year, inclusive.</param>
    /// <param name="days">Takes the day numbers; a list's are all added whatever their year.</param>
    public void Collect(int firstYear, int lastYear, List<int> days)
    {
        if (_dates is not null)
        {
            foreach (var day in _dates)
            {
                days.Add(day + _offset);
            }

            return;
        }

        for (var year = firstYear; year <= lastYear; year++)
        {
            if (TryIn(year, out var day))
            {
                days.Add(day);
            }
        }
    }

    /// <summary>The day in a year; false if there is none (29 February, a fifth Monday) or the expression is a list.</summary>
    public bool TryIn(int year, out int day)
    {
        day = 0;
        switch (_form)
        {
            case Form.MonthDay:
                if (_day > DateTime.DaysInMonth(year, _month))
                {
                    return false;
                }

                day = DayNumber(year, _month, _day);
                break;
            case Form.Easter:
                day = Easter(year);
                break;
            case Form.OrthodoxEaster:
                day = OrthodoxEaster(year);
                break;
            case Form.NthWeekday:
                day = OnOrAfter(DayNumber(year, _month, 1), _weekday) + (7 * (_nth - 1));
                if (day >= DayNumber(year, _month, 1) + DateTime.DaysInMonth(year, _month))
                {
                    return false;
                }

                break;
            case Form.LastWeekday:
                day = OnOrAfter(DayNumber(year, _month, DateTime.DaysInMonth(year, _month)) - 6, _weekday);
                break;
            case Form.WeekdayOnOrBefore:
                day = OnOrAfter(DayNumber(year, _month, _day) - 6, _weekday);
                break;
            case Form.WeekdayOnOrAfter:
                day = OnOrAfter(DayNumber(year, _month, _day), _weekday);
                break;
            default:
                return false;
        }

        day += _offset;
        return true;
    }

    private static int DayNumber(int year, int month, int day) => new DateOnly(year, month, day).DayNumber;

    private static int OnOrAfter(int day, DayOfWeek weekday) => day + (((int)weekday - ((day + 1) % 7) + 7) % 7);

    // Western Easter by the anonymous Gregorian algorithm (Nature, 20 April 1876).
    private static int Easter(int year)
    {
        var a = year % 19;
        var b = year / 100;
        var c = year % 100;
        var h = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var l = (32 + (2 * (b % 4)) + (2 * (c / 4)) - h - (c % 4)) % 7;
        var m = (a + (11 * h) + (22 * l)) / 451;
        var n = h + l - (7 * m) + 114;
        return DayNumber(year, n / 31, (n % 31) + 1);
    }

    // Easter of the Julian calendar by Meeus's algorithm, which from 1900 to 2099 is thirteen days behind the Gregorian one.
    private static int OrthodoxEaster(int year)
    {
        var d = ((19 * (year % 19)) + 15) % 30;
        var e = ((2 * (year % 4)) + (4 * (year % 7)) - d + 34) % 7;
        return DayNumber(year, (d + e + 114) / 31, ((d + e + 114) % 31) + 1) + 13;
    }

    /// <summary>Reads a day of every year, <c>MM-dd</c>.</summary>
    public static bool TryMonthDay(ReadOnlySpan<char> text, out int month, out int day)
    {
        month = 0;
        day = 0;
        return text.Length == 5 && text[2] == '-'
            && int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out month)
            && int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out day)
            && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2000, month);
    }

    // DateOnly.TryParseExact is correct and slow to start: it brings culture data and the whole date parser with it.
    public static bool TryDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        date = default;
        if (text.Length != 10 || text[4] != '-' || !TryMonthDay(text[5..], out var month, out var day)
            || !int.TryParse(text[..4], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || year == 0 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }
}
