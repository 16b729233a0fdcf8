using MarketCache.Engine.Calendars;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Series.Freshness;

namespace MarketCache.Engine.Series;

/// <summary>Everything about one series that does not depend on the range requested: worked out once, used by every request.</summary>
internal sealed class SeriesRoute
{
    private static readonly TimeSpan ExtendedHours = TimeSpan.FromHours(12);

    public SeriesRoute(
        DataTypeDefinition type,
        Frequency frequency,
        string provider,
        string? ticker,
        IReadOnlyDictionary<string, string> parameters,
        TradingCalendar calendar,
        PeriodTable periods,
        ProviderCapabilities capabilities,
        int absentPeriods)
    {
        Type = type;
        Frequency = frequency;
        Provider = provider;
        Ticker = ticker;
        Parameters = new Dictionary<string, string>(parameters, StringComparer.OrdinalIgnoreCase);
        Calendar = calendar;
        Capabilities = capabilities;
        Periods = periods;
        Key = SeriesKey.Of(provider, type.Name, ticker, frequency.Name, parameters);
        Group = capabilities.Groups.FirstOrDefault(g => g.Contains(type.Name, StringComparer.OrdinalIgnoreCase)) ?? [type.Name];
        FeedKey = Key.For(Group[0]).Text;

        // What was known on a day is not revised.
        var revisions = Vintage.Of(Parameters) is null ? type.RevisionWindow?.Ticks ?? 0 : 0;
        Rule = new FreshnessRule(
            calendar.Lag.Ticks,
            Math.Max(type.Settle.Ticks, SettleOf(type, frequency, capabilities, WithExtendedHours).Ticks),
            revisions,
            type.AbsentSessions ?? absentPeriods);
        PriceSettle = Math.Max(type.Settle.Ticks, capabilities.Settle.Ticks);
        Adjustments = capabilities.Adjustments.TryGetValue(type.Name, out var kinds) ? kinds : AdjustmentKinds.None;
        ActionsKey = Adjustments == AdjustmentKinds.None ? null : ActionsKeyOf(capabilities);
    }

    /// <summary>The data type.</summary>
    public DataTypeDefinition Type { get; }

    /// <summary>The bar length.</summary>
    public Frequency Frequency { get; }

    /// <summary>The provider's name as registered.</summary>
    public string Provider { get; }

    /// <summary>The canonical ticker, or null.</summary>
    public string? Ticker { get; }

    /// <summary>The request's parameters, for the provider.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>The trading calendar.</summary>
    public TradingCalendar Calendar { get; }

    /// <summary>What the provider can answer.</summary>
    public ProviderCapabilities Capabilities { get; }

    /// <summary>The calendar's periods at the series' frequency.</summary>
    public PeriodTable Periods { get; }

    /// <summary>The series' name.</summary>
    public SeriesKey Key { get; }

    /// <summary>The data types that travel in one answer with this one, itself among them.</summary>
    public IReadOnlyList<string> Group { get; }

    /// <summary>Identifies what one call can fill; single flight and the lease use it.</summary>
    public string FeedKey { get; }

    /// <summary>When rows are final and expire.</summary>
    public FreshnessRule Rule { get; }

    /// <summary>Ticks after close and lag during which prices may still be corrected; volumes may be for longer.</summary>
    public long PriceSettle { get; }

    /// <summary>Whether the feed also has bars from before the open and after the close.</summary>
    public bool WithExtendedHours => Frequency.IsIntraday && Parameters.ContainsKey(ProviderCapabilities.ExtendedHoursParameter);

    /// <summary>Which corporate actions rewrite the series' history.</summary>
    public AdjustmentKinds Adjustments { get; }

    /// <summary>
    /// The feed that gathers the ticker's splits and dividends: the daily one of the group they travel in; null if none is requested or
    /// the type does not depend on them.
    /// </summary>
    public string? ActionsKey { get; }

    /// <summary>Whether a period without a row is the rule and not an absence.</summary>
    public bool IsSparse => Type.Shape == DataShape.Events;

    /// <summary>
    /// Whether rows keep the days that their publisher gives them within the week: statistics are dated by its last day, which is a Saturday
    /// for claims, a Thursday for mortgage rates.
    /// </summary>
    public bool KeepsDays => !Type.NeedsTicker && Frequency == Frequency.Weekly && Type.NativeFrequency == Frequency.Weekly.Name;

    /// <summary>Whether rows are keyed by the first day of their period.</summary>
    public bool SnapsToPeriod => !Frequency.IsIntraday && Frequency != Frequency.Daily && !IsSparse && !KeepsDays;

    /// <summary>Whether the provider offers the frequency itself; else its rows are derived from daily ones.</summary>
    public bool IsOffered => Capabilities.Frequencies.Count == 0 || Capabilities.Frequencies.Contains(Frequency.Name);

    /// <summary>How the request is called in messages: the ticker, or the data type where there is none.</summary>
    public string Subject => Ticker ?? Type.Name;

    /// <summary>The first and last row key of some days.</summary>
    /// <param name="range">The days.</param>
    public (long First, long Last) KeysFor(DateRange range)
    {
        if (!Frequency.IsIntraday)
        {
            return (KeepsDays ? GroupedPeriods.FirstDayOf(range.Start, Frequency).DayNumber : range.Start.DayNumber, range.End.DayNumber);
        }

        var sessions = Calendar.Sessions;
        var first = sessions.IndexAtOrAfter(range.Start);
        var last = sessions.IndexAtOrBefore(range.End);
        return first >= sessions.Count || last < first
            ? (1, 0)
            : (Days.StartOf(first), Days.EndOf(last, range.End));
    }

    private IntradayPeriods Days => (IntradayPeriods)Periods;

    private string? ActionsKeyOf(ProviderCapabilities capabilities)
    {
        foreach (var type in (string[])[CorporateAction.Splits, CorporateAction.Dividends])
        {
            if (capabilities.Groups.FirstOrDefault(g => g.Contains(type, StringComparer.OrdinalIgnoreCase)) is { } group)
            {
                var parameters = Parameters.Where(static p => !string.Equals(p.Key, ProviderCapabilities.ExtendedHoursParameter, StringComparison.OrdinalIgnoreCase));
                return SeriesKey.Of(Provider, group[0], Ticker, Frequency.Daily.Name, parameters.ToDictionary(StringComparer.OrdinalIgnoreCase)).Text;
            }
        }

        return null;
    }

    /// <summary>How long the asker tolerates rows that are not final.</summary>
    /// <param name="isOpen">Whether the series' market is open.</param>
    public long Ttl(bool isOpen) => (isOpen || WithExtendedHours ? Type.Ttl.MarketHours : Type.Ttl.AfterHours).Ticks;

    /// <summary>Bars from after the close belong to the session's last one: it settles when they are over.</summary>
    private static TimeSpan SettleOf(DataTypeDefinition type, Frequency frequency, ProviderCapabilities capabilities, bool withExtendedHours)
    {
        var hasVolumes = string.Equals(type.Name, "VOLUME", StringComparison.OrdinalIgnoreCase) || type.Columns.Contains("Volume", StringComparer.OrdinalIgnoreCase);
        var volumes = hasVolumes && !frequency.IsIntraday ? capabilities.VolumeSettle : TimeSpan.Zero;
        var hours = withExtendedHours ? ExtendedHours : TimeSpan.Zero;
        return new TimeSpan(Math.Max(Math.Max(capabilities.Settle.Ticks, volumes.Ticks), hours.Ticks));
    }
}
