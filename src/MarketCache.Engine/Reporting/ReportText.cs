using System.Globalization;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>Words that the page and the terminal share.</summary>
internal static class ReportText
{
    private const int LongestName = 40;

    /// <summary>A name of any length, cut to what can be shown.</summary>
    /// <param name="name">The name.</param>
    public static string Short(string name) => name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…");

    /// <summary>The data types of a strip; of many, the first and how many more.</summary>
    /// <param name="strip">The strip.</param>
    public static string Types(CoverageStrip strip) => Short(strip.DataTypes.Count <= 3
        ? string.Join(", ", strip.DataTypes)
        : string.Create(CultureInfo.InvariantCulture, $"{strip.DataTypes[0]}, {strip.DataTypes[1]} and {strip.DataTypes.Count - 2} more"));

    /// <summary>What is known, in a sentence.</summary>
    /// <param name="strip">The strip.</param>
    public static string Known(CoverageStrip strip)
    {
        var (final, provisional, gaps) = (strip.Count(CoverageState.Final), strip.Count(CoverageState.Provisional), strip.Count(CoverageState.Gap));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{QuantityText.Count(final)} {Unit(strip.Frequency, final)} final, {QuantityText.Count(provisional)} provisional, {(gaps == 0 ? "no gap" : QuantityText.Count(gaps) + " missing")}");
    }

    /// <summary>What the coverage of a frequency is counted in.</summary>
    /// <param name="frequency">The frequency.</param>
    /// <param name="count">How many.</param>
    public static string Unit(string frequency, long count)
    {
        var unit = frequency switch
        {
            "weekly" => "week",
            "monthly" => "month",
            "quarterly" => "quarter",
            "annual" => "year",
            _ => "session",
        };
        return count == 1 ? unit : unit + "s";
    }

    /// <summary>How a provider is doing, in a word or two.</summary>
    /// <param name="line">The provider.</param>
    public static string StateOf(ProviderLine line) => line.State?.State switch
    {
        ProviderAvailability.CoolingDown => "cooling down",
        ProviderAvailability.BreakerOpen => "left alone",
        ProviderAvailability.OutOfBudget => "out of budget",
        ProviderAvailability.Disabled => "disabled",
        null => "not in this session",
        _ => line.FailingSince is null ? "ready" : "failing",
    };

    /// <summary>What is left of a provider's budget.</summary>
    /// <param name="line">The provider.</param>
    public static string BudgetOf(ProviderLine line) =>
        line.State is not { BudgetLeft.Count: > 0 } state ? "-" : string.Join(", ", state.BudgetLeft.Select(budget => budget.ToString()));

    /// <summary>The name of a source.</summary>
    /// <param name="source">The source.</param>
    public static string NameOf(AnswerSource source) => CounterNames.NameOf(source);

    /// <summary>A day as the page writes it.</summary>
    /// <param name="day">The day.</param>
    public static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>A slot's start: the day, with the hour where slots are hours.</summary>
    /// <param name="report">The report.</param>
    /// <param name="start">The start.</param>
    public static string Slot(CacheReport report, DateTime start) =>
        start.ToString(report.SlotLength < TimeSpan.FromDays(1) ? "yyyy-MM-dd HH:00" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What a slot is called.</summary>
    /// <param name="report">The report.</param>
    public static string SlotUnit(CacheReport report) => report.SlotLength.TotalDays switch
    {
        < 1 => "hour",
        < 7 => "day",
        _ => "week",
    };
}
