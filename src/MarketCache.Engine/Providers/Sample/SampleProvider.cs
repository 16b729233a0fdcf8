using System.Globalization;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Sample;

/// <summary>
/// Made-up prices, dividends, one split per ticker, interest rates and price indices, for trying things without a network. The
/// same numbers come on every platform. Never asked unless named in a request or in the configuration, and every answer says
/// that it is synthetic.
/// </summary>
/// <remarks>
/// Bars and dividends are adjusted for splits as of the moment of the request, the adjusted close for dividends too. A row
/// depends on ticker, day and that moment, never on the range asked. The bar of a session that is still open runs up to the
/// last full minute. US dollars; rates are fractions.
/// </remarks>
public sealed class SampleProvider : IMarketDataProvider
{
    private const string Warning = "The values are synthetic: the provider Sample generates them.";
    private static readonly string[] Prices = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];
    private readonly SampleSessions _sessions;
    private readonly TimeProvider _time;

    /// <summary>Makes the provider.</summary>
    /// <param name="services">The surroundings.</param>
    /// <param name="name">The provider's name.</param>
    public SampleProvider(ProviderServices? services = null, string name = "Sample")
    {
        Name = name;
        services ??= ProviderServices.Default;
        _time = services.TimeProvider;
        _sessions = new SampleSessions(services.Calendars);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; } = new()
    {
        Groups = [Prices, .. SampleMacro.RateTypes.Concat(SampleMacro.IndexTypes).Select(t => new[] { t })],
        Frequencies = ["daily", "weekly", "monthly", "quarterly", "annual", "1m", "2m", "5m", "15m", "30m", "1h", "90m"],
        Adjustments = new Dictionary<string, AdjustmentKinds>(StringComparer.OrdinalIgnoreCase)
        {
            ["OHLCV"] = AdjustmentKinds.Splits,
            ["VOLUME"] = AdjustmentKinds.Splits,
            ["DIVIDEND"] = AdjustmentKinds.Splits,
            ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
        },
        IsSynthetic = true,
        IsLocal = true,
    };

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Sample",
        Description = "Made-up values for trying things without a network",
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry; it has no settings of its own.</param>
    /// <param name="services">The surroundings.</param>
    public static SampleProvider FromOptions(ProviderOptions options, ProviderServices services)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SampleProvider(services, options.Name);
    }

    /// <inheritdoc/>
    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => Fetch(request, cancellationToken), cancellationToken);
    }

    private ProviderResponse Fetch(ProviderRequest request, CancellationToken cancellationToken)
    {
        var now = request.Now == default ? _time.GetUtcNow().UtcDateTime : request.Now;
        var series =
            SampleMacro.IsRate(request.DataType) ? [Rates(request, now)]
            : SampleMacro.IsIndex(request.DataType) ? [Index(request, now)]
            : Prices.Contains(request.DataType, StringComparer.OrdinalIgnoreCase) ? PriceSeries(request, now, cancellationToken)
            : throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.DataType}");
        return new ProviderResponse { Series = series, Currency = "USD", Warnings = [Warning] };
    }

    private IReadOnlyList<ProviderSeries> PriceSeries(ProviderRequest request, DateTime now, CancellationToken cancellationToken)
    {
        if (request.Ticker is not { } ticker)
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}");
        }

        if (ticker.Length is 0 or > 20 || ticker.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '^' or '=')))
        {
            throw Refused(ProviderErrorKind.NotFound, request, "does not know the ticker");
        }

        var history = new SampleHistory(new SampleTicker(ticker), _sessions, request, now);
        var bars = request.Frequency switch
        {
            "daily" => history.Daily(),
            "weekly" or "monthly" or "quarterly" or "annual" => history.Periods(),
            var frequency when Minutes(frequency) is { } minutes => history.Intraday(minutes, cancellationToken),
            _ => throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.Frequency} bars"),
        };
        if (bars.Exists(s => s.DataType.Equals(request.DataType, StringComparison.OrdinalIgnoreCase)))
        {
            return bars;
        }

        throw Refused(ProviderErrorKind.BadRequest, request, $"has {request.DataType} daily or longer only");
    }

    private ProviderSeries Rates(ProviderRequest request, DateTime now)
    {
        var start = request.Start > SampleTicker.Listed ? request.Start : SampleTicker.Listed;
        var end = SampleHistory.LastDay(BarPeriod.LastDay(request.End, request.Frequency), now);

        // A rate is set at the end of its day.
        var days = _sessions.Between(request.Calendar, start, end).Where(s => s.Close <= now);
        return Macro(request, days.Select(s => (s.Day, SampleMacro.Rate(request.DataType, s.Day))), "fraction");
    }

    private static ProviderSeries Index(ProviderRequest request, DateTime now) =>
        Macro(request, SampleMacro.Index(request.DataType, now).Select(m => (m.Month, m.Level / 1000.0)), "index");

    /// <summary>The last value of each period, dated by the period's first day.</summary>
    private static ProviderSeries Macro(ProviderRequest request, IEnumerable<(DateOnly Day, double Value)> values, string unit)
    {
        var rows = new SortedDictionary<DateOnly, double>();
        foreach (var (day, value) in values)
        {
            var period = BarPeriod.FirstDay(day, request.Frequency);
            if (period >= request.Start && period <= request.End)
            {
                rows[period] = value;
            }
        }

        return new ProviderSeries(request.DataType, new MarketTable(
            MarketColumn.OfDates(MarketTable.DateColumn, [.. rows.Keys]),
            MarketColumn.OfDoubles("Value", [.. rows.Values])))
        { Unit = unit };
    }

    private static int? Minutes(string frequency) =>
        frequency.Length > 1
        && int.TryParse(frequency.AsSpan(0, frequency.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && count > 0
        ? frequency[^1] switch { 'm' when count <= 90 => count, 'h' when count == 1 => 60, _ => null }
        : null;

    private ProviderException Refused(ProviderErrorKind kind, ProviderRequest request, string why) =>
        new(kind, $"Provider '{Name}' {why}.") { Target = request.Ticker ?? request.DataType, Provider = Name };
}
