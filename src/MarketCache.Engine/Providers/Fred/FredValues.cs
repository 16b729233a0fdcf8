using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Fred;

/// <summary>Collects the observations of a series; missing ones (a dot, or nothing) are no rows.</summary>
internal sealed class FredValues(double divisor)
{
    private readonly ScaledNumber _number = new(divisor);
    private readonly List<DateOnly> _dates = [];
    private readonly List<double> _values = [];
    private DateOnly? _last;

    /// <summary>Observations read, missing ones included.</summary>
    public int Read { get; private set; }

    /// <summary>Adds an observation.</summary>
    /// <returns>Whether it is one, and later than those before.</returns>
    public bool TryAdd(string? date, string? value)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day <= _last || value is null)
        {
            return false;
        }

        if (value is not ("." or ""))
        {
            if (!_number.TryParse(value, out var number))
            {
                return false;
            }

            _dates.Add(day);
            _values.Add(number);
        }

        _last = day;
        Read++;
        return true;
    }

    /// <summary>The observations as rows.</summary>
    public MarketTable ToTable() => new(
        MarketColumn.OfDates(MarketTable.DateColumn, [.. _dates]),
        MarketColumn.OfDoubles("Value", [.. _values]));
}
