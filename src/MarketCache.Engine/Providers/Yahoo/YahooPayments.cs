using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Yahoo;

/// <summary>
/// What a day's dividends and capital gains come to. The service repeats payments: a fund's gain inside its dividend and again beside it, one
/// dividend twice, a dividend in pounds for a share in pence. Its adjusted closes say what was paid: the drop that they take out.
/// </summary>
/// <param name="charts">The charts.</param>
/// <param name="zone">The exchange's zone.</param>
internal sealed class YahooPayments(IReadOnlyList<YahooChart> charts, ExchangeZone zone)
{
    /// <summary>Of two sums the one nearer to the drop counts where it is this near to it.</summary>
    private const double Tolerance = 0.2;

    private readonly string? _unit = charts.Count > 0 ? charts[0].Currency : null;
    private readonly List<(DateOnly Day, double Close, double Adjusted)> _closes = Closes(charts, zone);

    /// <summary>What was paid, by ex-day.</summary>
    public SortedDictionary<DateOnly, double> Amounts { get; } = [];

    /// <summary>What cannot stand among the amounts, by ex-day.</summary>
    public SortedDictionary<DateOnly, string> Notes { get; } = [];

    /// <summary>Whether a day has more than one reading and the answer lacks the session before it, which would decide.</summary>
    public bool NeedsSessionBefore { get; private set; }

    /// <summary>Works out the payments.</summary>
    /// <param name="charts">The charts.</param>
    /// <param name="zone">The exchange's zone.</param>
    public static YahooPayments Of(IReadOnlyList<YahooChart> charts, ExchangeZone zone)
    {
        var payments = new YahooPayments(charts, zone);
        var days = charts.SelectMany(static chart => chart.Dividends).Concat(charts.SelectMany(static chart => chart.CapitalGains))
            .GroupBy(payment => zone.DayOf(payment.Time));
        foreach (var day in days)
        {
            payments.Add(day.Key);
        }

        return payments;
    }

    private void Add(DateOnly day)
    {
        var dividends = new List<double>();
        var gains = new List<double>();
        foreach (var chart in charts)
        {
            Collect(chart.Dividends, day, dividends);
            Collect(chart.CapitalGains, day, gains);
        }

        if (dividends.Count + gains.Count == 0)
        {
            return;
        }

        var readings = Readings(dividends, gains);
        Amounts[day] = readings.Count == 1 ? readings[0] : Nearest(readings, day);
    }

    private void Collect(IReadOnlyList<YahooPayment> payments, DateOnly day, List<double> amounts)
    {
        foreach (var payment in payments)
        {
            if (zone.DayOf(payment.Time) != day)
            {
                continue;
            }

            if (payment.Amount is not { } amount)
            {
                Notes[day] = "a payment without an amount, which is left out";
            }
            else if (payment.Currency is not { } currency || _unit is null || currency == _unit)
            {
                amounts.Add(amount);
            }
            else if (QuoteUnit.Factor(currency, _unit) is { } factor)
            {
                amounts.Add(amount * factor);
            }
            else
            {
                Notes[day] = string.Create(CultureInfo.InvariantCulture, $"a dividend of {amount} {currency}, which is left out as prices are in {_unit}");
            }
        }
    }

    /// <summary>The ways to read a day's payments, the likeliest first.</summary>
    private List<double> Readings(List<double> dividends, List<double> gains)
    {
        var (paid, gained) = (dividends.Sum(), gains.Sum());
        List<double> readings = gains.Count > 0 && dividends.Count > 0 && paid >= gained ? [paid, paid + gained]
            : gains.Count > 0 && dividends.Count > 0 ? [paid + gained, paid]
            : [paid + gained];
        if (dividends.Distinct().Sum() is var once && once != paid)
        {
            readings.Add(once);
            readings.Add(once + gained);
        }

        if (QuoteUnit.PartsOf(_unit) is { } parts and > 1)
        {
            readings.AddRange(readings.Select(reading => reading * parts).ToList());
        }

        return readings;
    }

    private double Nearest(List<double> readings, DateOnly day)
    {
        var at = _closes.FindIndex(close => close.Day >= day);
        if (at == 0)
        {
            NeedsSessionBefore = true;
        }

        if (at <= 0)
        {
            return readings[0];
        }

        var (before, ex) = (_closes[at - 1], _closes[at]);
        var drop = before.Close - (before.Adjusted / ex.Adjusted * ex.Close);
        var nearest = readings.MinBy(reading => Math.Abs(reading - drop));
        return Math.Abs(nearest - drop) <= Tolerance * Math.Abs(drop) ? nearest : readings[0];
    }

    private static List<(DateOnly Day, double Close, double Adjusted)> Closes(IReadOnlyList<YahooChart> charts, ExchangeZone zone)
    {
        var closes = new SortedDictionary<DateOnly, (double Close, double Adjusted)>();
        foreach (var bar in charts.Where(static chart => chart.HasAdjustedClose).SelectMany(static chart => chart.Bars))
        {
            if (bar is { Close: { } close and > 0, AdjustedClose: { } adjusted and > 0 })
            {
                closes[zone.DayOf(bar.Time)] = (close, adjusted);
            }
        }

        return [.. closes.Select(static close => (close.Key, close.Value.Close, close.Value.Adjusted))];
    }
}

/// <summary>A dividend or capital gain, as sent.</summary>
/// <param name="Time">Its ex-day's moment.</param>
/// <param name="Amount">Per share; null if the service gives none.</param>
/// <param name="Currency">Its own currency; null for that of the prices.</param>
internal readonly record struct YahooPayment(DateTime Time, double? Amount, string? Currency);
