namespace MarketCache.Engine.Calendars;

/// <summary>A zone by the host's time-zone data, for zones the built-in rules do not hold.</summary>
internal sealed class HostZoneClock(TimeZoneInfo zone) : ZoneClock
{
    /// <inheritdoc/>
    public override long OffsetAt(long utcTicks) => zone.GetUtcOffset(new DateTime(utcTicks, DateTimeKind.Utc)).Ticks;
}
