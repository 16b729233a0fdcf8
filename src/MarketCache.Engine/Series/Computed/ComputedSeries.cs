using MarketCache.Engine.Calendars;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Tables;

namespace MarketCache.Engine.Series.Computed;

/// <summary>
/// Answers requests for computed data types from the answers of their inputs: as fresh as the worst of them, and never asking for
/// more than they.
/// </summary>
internal sealed class ComputedSeries
{
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

    private readonly RequestDesk _desk;
    private readonly SeriesRouter _router;
    private readonly TimeProvider _time;

    /// <summary>Makes the room.</summary>
    public ComputedSeries(RequestDesk desk, SeriesRouter router, TimeProvider time)
    {
        _desk = desk;
        _router = router;
        _time = time;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">Its computed data type.</param>
    /// <param name="policy">How far to depart from the freshness rule.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MarketSeries> AnswerAsync(
        DataRequest request, DataTypeDefinition type, FetchPolicy policy, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var definition = type.Computed!;
        if (!Formulas.TryGetValue(definition.Formula, out var formula))
        {
            throw new MarketDataException(
                "UnknownFormula", $"{type.Name} is to be computed by '{definition.Formula}', which does not exist. Known: {string.Join(", ", Formulas.Keys)}.")
            {
                Target = type.Name,
            };
        }

        var parameters = definition.ResolveParameters(request.Parameters);
        var names = definition.ResolveInputs(parameters);
        var frequency = SeriesRouter.FrequencyOf(request.Frequency, type);
        var inputs = new List<MarketSeries>(names.Count);
        var columns = new List<InputColumn>(names.Count);
        for (var i = 0; i < names.Count; i++)
        {
            var input = _router.Types.Get(names[i]);
            var asked = InputRequest(request, input, frequency, formula.PeriodsBefore(i, parameters));
            var answer = await _desk.AnswerAsync(asked, policy, cancellationToken).ConfigureAwait(false);
            inputs.Add(answer);
            columns.Add(InputColumn.Of(answer.Rows, input.ValueColumn));
        }

        var isIntraday = frequency.IsIntraday;
        var rows = ToTable(formula.Compute(columns, parameters), request, isIntraday);
        var status = Combine(inputs, type, rows.RowCount) with { TotalTime = _time.GetElapsedTime(started) };
        return new MarketSeries(request, rows, status);
    }

    private DataRequest InputRequest(DataRequest request, DataTypeDefinition input, Frequency frequency, int before)
    {
        var native = Frequency.Parse(input.NativeFrequency);
        var own = input.NeedsTicker && input.Shape != DataShape.Events ? frequency : native;
        var provider = request.Provider is not null && _router.Provides(request.Provider, input.Name) ? request.Provider : null;
        var asked = new DataRequest
        {
            DataType = input.Name,
            Ticker = input.NeedsTicker ? request.Ticker : null,
            Start = request.Start,
            End = request.End,
            Frequency = own.Name,
            Provider = input.NeedsTicker ? request.Provider : provider,
        };
        return before == 0 ? asked : asked with { Start = StartBefore(asked, input, before) };
    }

    private DateOnly StartBefore(DataRequest asked, DataTypeDefinition input, int before)
    {
        var route = _router.Resolve(asked, _router.ChainOf(asked, input)[0]);
        var range = new DateRange(asked.Start.AddDays(route.Frequency.IsIntraday ? -10 : 0), asked.End);
        var periods = route.PeriodsFor(range);
        var first = periods.IndexAtOrAfter(route.KeysFor(new DateRange(asked.Start, asked.End)).First);
        return first < before ? asked.Start : periods.FirstDay(first - before);
    }

    private static MarketTable ToTable(IEnumerable<ComputedRow> rows, DataRequest request, bool isIntraday)
    {
        var keys = new List<long>();
        var values = new List<double>();
        foreach (var row in rows)
        {
            var day = isIntraday ? DateOnly.FromDateTime(new DateTime(row.Key, DateTimeKind.Utc)) : DateOnly.FromDayNumber((int)row.Key);
            if (day >= request.Start && day <= request.End)
            {
                keys.Add(row.Key);
                values.Add(row.Value);
            }
        }

        MarketColumn key = isIntraday
            ? MarketColumn.OfInstants(MarketTable.TimeColumn, [.. keys.Select(k => new DateTime(k, DateTimeKind.Utc))])
            : MarketColumn.OfDates(MarketTable.DateColumn, [.. keys.Select(k => DateOnly.FromDayNumber((int)k))]);
        return new MarketTable(key, MarketColumn.OfDoubles("Value", [.. values]));
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
