namespace MarketCache.Engine.Providers.Sample;

/// <summary>The sessions on which the made-up companies trade.</summary>
internal sealed class SampleSessions
{
    /// <summary>The sessions of a stretch of days, ascending.</summary>
    public IReadOnlyList<SampleSession> Between(string calendar, string timeZone, DateOnly start, DateOnly end)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
        var sessions = new List<SampleSession>();
        for (var day = start; day <= end; day = day.AddDays(1))
        {
            if (calendar == "24/7")
            {
                var midnight = day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
                sessions.Add(new SampleSession(day, midnight, midnight.AddDays(1)));
            }
            else if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                sessions.Add(new SampleSession(
                    day,
                    TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(new TimeOnly(9, 30)), zone),
                    TimeZoneInfo.ConvertTimeToUtc(day.ToDateTime(new TimeOnly(16, 0)), zone)));
            }
        }

        return sessions;
    }
}
