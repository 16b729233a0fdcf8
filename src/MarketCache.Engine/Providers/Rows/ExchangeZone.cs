using MarketCache.Engine.Calendars;

namespace MarketCache.Engine.Providers.Rows;

/// <summary>The local days of an exchange's time zone, the same on every host.</summary>
internal sealed class ExchangeZone
{
    private readonly ZoneClock _clock;

    private ExchangeZone(string id, ZoneClock clock)
    {
        Id = id;
        _clock = clock;
    }

    /// <summary>The zone's IANA id.</summary>
    public string Id { get; }

    /// <summary>Finds a zone; null if neither the built-in rules nor the host know it.</summary>
    public static ExchangeZone? Find(string? id) => id is not null && ZoneCatalog.Find(id) is { } clock ? new ExchangeZone(id, clock) : null;

    /// <summary>The zone of a request.</summary>
    public static ExchangeZone Of(ProviderRequest request) => Find(request.TimeZone) ?? throw new ProviderException(
        ProviderErrorKind.BadRequest, $"The time zone '{request.TimeZone}' of calendar {request.Calendar} is unknown. Use an IANA id such as Europe/London.");

    /// <summary>The instant of a local time. One that is skipped by a clock change is counted on.</summary>
    public DateTime ToUtc(DateTime local) => new(_clock.ToUtc(local.Ticks), DateTimeKind.Utc);

    /// <summary>The local time of an instant.</summary>
    public DateTime ToLocal(DateTime utc) => new(utc.Ticks + _clock.OffsetAt(utc.Ticks), DateTimeKind.Unspecified);

    /// <summary>The local day of an instant.</summary>
    public DateOnly DayOf(DateTime utc) => DateOnly.FromDateTime(ToLocal(utc));

    /// <summary>When a local day begins.</summary>
    public DateTime StartOf(DateOnly day) => ToUtc(day.ToDateTime(TimeOnly.MinValue));
}
