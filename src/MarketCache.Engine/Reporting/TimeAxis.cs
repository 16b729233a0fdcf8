using System.Globalization;

namespace MarketCache.Engine.Reporting;

/// <summary>A horizontal axis of hours or days.</summary>
internal static class TimeAxis
{
    private const int MostLabels = 5;
    private static readonly int[] HourSteps = [1, 2, 3, 6, 12, 24, 48];
    private static readonly int[] DaySteps = [1, 2, 3, 5, 7, 14, 28, 56, 91, 182];

    /// <summary>The labels, each at the middle of its slot, in percent from the left.</summary>
    /// <param name="slots">The slots.</param>
    /// <param name="byDay">Whether they are days.</param>
    public static IEnumerable<(double FromLeft, string Label)> Labels(IReadOnlyList<ReportSlot> slots, bool byDay)
    {
        var step = (byDay ? DaySteps : HourSteps).FirstOrDefault(s => (slots.Count - 1) / s < MostLabels, 365);
        for (var i = 0; i < slots.Count; i++)
        {
            // Days are counted from the newest one, hours from midnight.
            var start = slots[i].Start;
            if (byDay ? (slots.Count - 1 - i) % step == 0 : start.TimeOfDay.TotalHours % Math.Min(step, 24) == 0 && (step < 48 || start.DayOfYear % 2 == 0))
            {
                yield return (100 * (i + 0.5) / slots.Count, Label(start, byDay, slots.Count));
            }
        }
    }

    private static string Label(DateTime start, bool byDay, int count) => start.ToString(
        byDay ? (count > 200 ? "MMM yyyy" : "d MMM") : start.Hour == 0 ? "d MMM" : "HH:mm", CultureInfo.InvariantCulture);
}
