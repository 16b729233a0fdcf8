using System.Globalization;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>
/// Where a holiday on a weekend is observed: days to move by weekday (<c>Sat-1 Sun+1</c>), or <c>next-free</c>: from a Sunday or
/// another holiday to the next day that is neither.
/// </summary>
internal sealed class Observance
{
    private readonly int[] _shifts;

    private Observance(int[] shifts, bool isNextFree)
    {
        _shifts = shifts;
        IsNextFree = isNextFree;
    }

    /// <summary>On the day itself, whatever weekday it is.</summary>
    public static Observance OnTheDay { get; } = new(new int[7], false);

    /// <summary>Whether it moves from a Sunday or another holiday to the next day that is neither.</summary>
    public bool IsNextFree { get; }

    /// <summary>Reads an observance.</summary>
    /// <exception cref="ConfigurationException">It is not one.</exception>
    public static Observance Parse(DataNode node)
    {
        if (node.Text == "next-free")
        {
            return new Observance(new int[7], true);
        }

        var shifts = new int[7];
        foreach (var word in node.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Length != 5 || !DateExpression.TryWeekday(word.AsSpan(0, 3), out var weekday)
                || !int.TryParse(word.AsSpan(3), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift))
            {
                throw CalendarError.Wrong(node, "next-free, or days to move by weekday such as 'Sat-1 Sun+1'");
            }

            shifts[(int)weekday] = shift;
        }

        return new Observance(shifts, false);
    }

    /// <summary>By how many days a holiday on a weekday moves.</summary>
    public int Shift(int weekday) => _shifts[weekday];
}
