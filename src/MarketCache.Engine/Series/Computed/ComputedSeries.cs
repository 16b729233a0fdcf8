using System.Globalization;
using MarketCache.Engine.DataTypes;

namespace MarketCache.Engine.Series.Computed;

/// <summary>
/// Answers requests for computed data types from the answers of their inputs: as fresh as the worst of them, and never asking for
/// more than they.
/// </summary>
internal sealed class ComputedSeries
{
    private const string SplitType = "SPLIT";

    private static readonly Dictionary<string, Formula> Formulas = new Formula[]
    {
        new PriceReturn("simple_return", PriceReturnKind.Simple),
        new PriceReturn("log_return", PriceReturnKind.Log),
        new PriceReturn("total_return", PriceReturnKind.Total),
        new PriceReturn("excess_return", PriceReturnKind.Excess),
        new InflationRate(),
        new RealRiskFree(),
        new TermPremium(),
    }.ToDictionary(f => f.Name, StringComparer.Ordinal);

    private readonly InputSource _inputs;
    private readonly SeriesRouter _router;
    private readonly TimeProvider _time;

    /// <param name="inputs">Answers requests for inputs.</param>
    /// <param name="router">Requests to routes.</param>
    /// <param name="time">The clock.</param>
    public ComputedSeries(InputSource inputs, SeriesRouter router, TimeProvider time)
    {
        _inputs = inputs;
        _router = router;
        _time = time;
    }

    /// <summary>Answers a request for an input.</summary>
    public delegate ValueTask<MarketSeries> InputSource(DataRequest request, RequestTerms terms, CancellationToken cancellationToken);

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">Its computed data type.</param>
    /// <param name="terms">The terms: the answer is as fresh as its inputs, and no older than its own TTL allows.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries> AnswerAsync(
        DataRequest request, DataTypeDefinition type, RequestTerms terms, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        terms = terms with { TtlCap = Smaller(type.Ttl, terms.TtlCap) };
        var definition = type.Computed!;
        if (!Formulas.TryGetValue(definition.Formula, out var formula))
        {
            throw new MarketDataException(
                "UnknownFormula", $"{type.Name} names the formula '{definition.Formula}', which does not exist. Known: {string.Join(", ", Formulas.Keys)}.")
            {
                Target = type.Name,
            };
        }

        var vintage = request.Parameters.Where(static p => p.Key.Equals(Vintage.Parameter, StringComparison.OrdinalIgnoreCase)).ToDictionary();
        var parameters = definition.ResolveParameters(vintage.Count == 0 ? request.Parameters : request.Parameters.Where(p => !vintage.ContainsKey(p.Key)).ToDictionary());
        var names = definition.ResolveInputs(parameters);
        var frequency = SeriesRouter.FrequencyOf(request.Frequency, type);
        var inputs = new List<MarketSeries>(names.Count + 1);
        var columns = new List<InputColumn>(names.Count + 1);
        string? source = null;
        for (var i = 0; i < names.Count; i++)
        {
            var input = _router.Types.Get(names[i]);
            var asked = InputRequest(request, type, input, frequency, formula.PeriodsBefore(i, parameters), source);
            var answer = await _inputs(asked, terms, cancellationToken).ConfigureAwait(false);
            inputs.Add(answer);
            var column = Align(InputColumn.Of(answer.Rows, input.ValueColumn), answer, type, input, frequency);
            columns.Add(column.With(input, answer.Status.Unit, i == 0 && type.NeedsTicker && frequency.Rank > Frequency.Daily.Rank ? LastSessionOf(answer, frequency) : null));

            // Closes of one provider do not go with dividends of another, that adjusts for splits what the first does not.
            source ??= input.NeedsTicker ? answer.Status.Provider : null;
        }

        if (formula.NeedsSplits && source is not null && names[0] is var priced && HasRawPrices(inputs[0].Request, priced, source))
        {
            var input = _router.Types.Get(SplitType);
            var asked = InputRequest(request, type, input, frequency, 0, source);
            var answer = await _inputs(asked, terms, cancellationToken).ConfigureAwait(false);
            inputs.Add(answer);
            columns.Add(Align(InputColumn.Of(answer.Rows, input.ValueColumn), answer, type, input, frequency));
        }

        var computed = formula.Compute(columns, parameters).ToList();
        if (IsGathered(type, frequency))
        {
            computed = [.. InputColumn.Of(computed).By(frequency, Last).Rows()];
        }

        var range = frequency.IsIntraday ? KeysOf(inputs[0], request) : (First: request.Start.DayNumber, Last: request.End.DayNumber);
        computed.RemoveAll(row => row.Key < range.First || row.Key > range.Last);
        var rows = ToTable(computed, frequency.IsIntraday);
        var status = Combine(inputs, type, rows.RowCount) with { TotalTime = _time.GetElapsedTime(started) };
        status = status with { Warnings = [.. status.Warnings, .. Explain(computed, request, type, frequency)] };
        return new MarketSeries(request, rows, status);
    }

    private static TtlOptions Smaller(TtlOptions own, TtlOptions? cap) => cap is null
        ? own
        : new TtlOptions(
            own.MarketHours < cap.MarketHours ? own.MarketHours : cap.MarketHours,
            own.AfterHours < cap.AfterHours ? own.AfterHours : cap.AfterHours);

    private static double Last(double earlier, double later) => later;

    /// <summary>Whether rows of a type without a ticker are asked for less often than its inputs come: then the last of each period stands for it.</summary>
    private static bool IsGathered(DataTypeDefinition type, Frequency frequency) =>
        !type.NeedsTicker && frequency.Rank > Frequency.Parse(type.NativeFrequency).Rank;

    private DataRequest InputRequest(DataRequest request, DataTypeDefinition type, DataTypeDefinition input, Frequency frequency, int before, string? source)
    {
        var native = Frequency.Parse(input.NativeFrequency);
        var own = input.NeedsTicker && input.Shape != DataShape.Events ? frequency : native;
        var wanted = input.NeedsTicker ? source ?? request.Provider : request.Provider;
        var mayChoose = !input.NeedsTicker || source is not null;
        var (start, end) = (request.Start, request.End);
        if (frequency.Rank > Frequency.Daily.Rank && own.Rank < frequency.Rank)
        {
            // A period's row is of all its days; a rate is wanted from the period before.
            end = GroupedPeriods.LastDayOf(end, frequency);
            start = before > 0 && type.NeedsTicker && start > DateOnly.MinValue.AddDays(366) ? GroupedPeriods.FirstDayOf(start.AddDays(-1), frequency) : start;
        }

        var asked = new DataRequest
        {
            DataType = input.Name,
            Ticker = input.NeedsTicker ? request.Ticker : null,
            Start = start,
            End = end,
            Frequency = own.Name,
            ExtendedHours = own.IsIntraday ? request.ExtendedHours : null,
            Provider = wanted is not null && mayChoose && !_router.Provides(wanted, input.Name) ? null : wanted,
            Parameters = request.Parameters.Where(static p => p.Key.Equals(Vintage.Parameter, StringComparison.OrdinalIgnoreCase)).ToDictionary(),
        };
        return before == 0 ? asked : asked with { Start = StartBefore(asked, input, before) };
    }

    private DateOnly StartBefore(DataRequest asked, DataTypeDefinition input, int before)
    {
        var route = _router.Resolve(asked, _router.ChainOf(asked, input)[0]);
        var periods = route.Periods;
        var first = periods.IndexAtOrAfter(route.KeysFor(new DateRange(asked.Start, asked.End)).First);
        var start = first == 0 ? asked.Start : periods.FirstDay(Math.Max(0, first - before));
        return start < asked.Start ? start : asked.Start;
    }

    /// <summary>Keys days as the closes are that they go with.</summary>
    private InputColumn Align(InputColumn column, MarketSeries answer, DataTypeDefinition type, DataTypeDefinition input, Frequency frequency)
    {
        var isEvent = input.Shape == DataShape.Events;
        if (!type.NeedsTicker || (input.NeedsTicker && !isEvent) || frequency == Frequency.Daily || input.NativeFrequency != Frequency.Daily.Name)
        {
            return column;
        }

        Func<double, double, double> fold = input.Name == SplitType ? static (x, y) => x * y : static (x, y) => x + y;
        return !frequency.IsIntraday ? isEvent ? column.By(frequency, fold) : column
            : isEvent ? column.AtOpens(_router.Calendars.Get(answer.Status.Calendar).Sessions, fold)
            : column.AtDayEnds();
    }

    /// <summary>The day of a longer bar's close: its last session, or the last that has opened.</summary>
    private Func<long, double> LastSessionOf(MarketSeries answer, Frequency frequency)
    {
        var sessions = _router.Calendars.Get(answer.Status.Calendar).Sessions;
        var newest = new SessionPeriods(sessions).FirstUnopened(_time.GetUtcNow().UtcTicks) - 1;
        return key =>
        {
            var first = DateOnly.FromDayNumber((int)key);
            var last = GroupedPeriods.LastDayOf(first, frequency);
            var session = Math.Min(newest, sessions.IndexAtOrBefore(last));
            return session >= 0 && sessions.DayNumbers[session] >= key ? sessions.DayNumbers[session] : last.DayNumber;
        };
    }

    private static IEnumerable<string> Explain(List<ComputedRow> rows, DataRequest request, DataTypeDefinition type, Frequency frequency)
    {
        string Named(long key) => (frequency.IsIntraday ? new DateTime(key, DateTimeKind.Utc) : DateOnly.FromDayNumber((int)key).ToDateTime(default))
            .ToString(frequency.IsIntraday ? "yyyy-MM-dd HH:mm'Z'" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return rows.Where(static row => row.Why is not null).GroupBy(static row => row.Why).Select(group =>
            $"{request.Ticker ?? type.Name}: {type.Name} is null in {group.Count()} row(s) ({string.Join(", ", group.Take(3).Select(row => Named(row.Key)))}{(group.Count() > 3 ? ", …" : "")}), because {group.Key}.");
    }

    /// <summary>Whether a provider's prices fall by a split, and its answers tell of splits.</summary>
    private bool HasRawPrices(DataRequest asked, string prices, string provider)
    {
        var route = _router.Resolve(asked with { Provider = provider }, provider);
        return route.Group.Contains(SplitType, StringComparer.OrdinalIgnoreCase)
            && string.Equals(prices, "OHLCV", StringComparison.OrdinalIgnoreCase)
            && !route.Adjustments.HasFlag(AdjustmentKinds.Splits);
    }

    private (long First, long Last) KeysOf(MarketSeries prices, DataRequest request) =>
        _router.Resolve(prices.Request with { Provider = prices.Status.Provider }, prices.Status.Provider).KeysFor(new DateRange(request.Start, request.End));

    private static MarketTable ToTable(List<ComputedRow> rows, bool isIntraday)
    {
        MarketColumn key = isIntraday
            ? MarketColumn.OfInstants(MarketTable.TimeColumn, [.. rows.Select(static r => new DateTime(r.Key, DateTimeKind.Utc))])
            : MarketColumn.OfDates(MarketTable.DateColumn, [.. rows.Select(static r => DateOnly.FromDayNumber((int)r.Key))]);
        double[] values = [.. rows.Select(static r => r.Value ?? 0)];
        return new MarketTable(key, rows.TrueForAll(static r => r.Value is not null)
            ? MarketColumn.OfDoubles("Value", values)
            : MarketColumn.OfDoubles("Value", values, [.. rows.Select(static r => r.Value is not null)]));
    }

    private static SeriesStatus Combine(List<MarketSeries> inputs, DataTypeDefinition type, int rows)
    {
        var first = inputs[0].Status;
        var stale = inputs.FirstOrDefault(i => i.Status.IsStale)?.Status;
        var fromProvider = Math.Min(rows, inputs.Max(i => i.Status.RowsFromProvider));
        var fromDisk = Math.Min(rows - fromProvider, inputs.Max(i => i.Status.RowsFromDisk));
        return first with
        {
            Provider = string.Join(", ", inputs.Select(i => i.Status.Provider).Distinct(StringComparer.OrdinalIgnoreCase)),
            Unit = type.Unit,
            RowsFromProvider = fromProvider,
            RowsFromDisk = fromDisk,
            RowsFromMemory = rows - fromProvider - fromDisk,
            ProviderCalls = inputs.Sum(i => i.Status.ProviderCalls),
            MissingSessions = inputs.Max(i => i.Status.MissingSessions),
            ProvisionalRows = Math.Min(rows, inputs.Max(i => i.Status.ProvisionalRows)),
            OldestFetch = inputs.Min(i => i.Status.OldestFetch),
            IsStale = stale is not null,
            StaleReason = stale?.StaleReason,
            NextRefresh = inputs.Min(i => i.Status.NextRefresh),
            IsSynthetic = inputs.Any(i => i.Status.IsSynthetic),
            Warnings = [.. inputs.SelectMany(i => i.Status.Warnings).Distinct()],
            PlanTime = Sum(inputs, s => s.PlanTime),
            ReadTime = Sum(inputs, s => s.ReadTime),
            FetchTime = Sum(inputs, s => s.FetchTime),
        };
    }

    private static TimeSpan Sum(List<MarketSeries> inputs, Func<SeriesStatus, TimeSpan> part) =>
        inputs.Aggregate(TimeSpan.Zero, (sum, input) => sum + part(input.Status));
}
