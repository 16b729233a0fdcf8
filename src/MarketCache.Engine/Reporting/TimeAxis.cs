using System.Globalization;

namespace MarketCache.Engine.Reporting;

/// <summary>A horizontal axis of hours or days.</summary>
internal static class TimeAxis
{
    private const int MostLabels = 5;
    private static readonly int[] HourSteps = [1, 2, 3, 6, 12, 24];
    private static readonly int[] DaySteps = [1, 2, 3, 5, 7, 14, 28];
    private static readonly int[] WeekSteps = [1, 2, 4, 8, 13, 26];

    /// <summary>The labels, each at the middle of its slot, in percent from the left.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="length">Their length.</param>
    public static IEnumerable<(double FromLeft, string Label)> Labels(IReadOnlyList<ReportSlot> slots, TimeSpan length)
    {
        var isHour = length.TotalDays < 1;
        var step = (isHour ? HourSteps : length.TotalDays < 7 ? DaySteps : WeekSteps).FirstOrDefault(s => (slots.Count - 1) / s < MostLabels, 52);
        for (var i = 0; i < slots.Count; i++)
        {
            // Hours are counted from midnight, days and weeks from the newest one.
            var start = slots[i].Start;
            if (isHour ? start.Hour % step == 0 : (slots.Count - 1 - i) % step == 0)
            {
                yield return (100 * (i + 0.5) / slots.Count, start.ToString(Format(start, isHour, slots.Count * length), CultureInfo.InvariantCulture));
            }
        }
    }

    private static string Format(DateTime start, bool isHour, TimeSpan whole) =>
        isHour && start.Hour != 0 ? "HH:mm" : whole.TotalDays > 200 ? "MMM yyyy" : "d MMM";
}
