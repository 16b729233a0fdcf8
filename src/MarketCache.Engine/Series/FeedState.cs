using MarketCache.Engine.Caching;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Series;

/// <summary>
/// The working copies of every series that one provider call feeds, while a flight lays fetches over them. Nothing is visible to
/// others before it is saved.
/// </summary>
internal sealed class FeedState
{
    private const string SplitType = "SPLIT";
    private const string DividendType = "DIVIDEND";

    private readonly SeriesTiers _tiers;
    private readonly SeriesRouter _router;
    private readonly SeriesRoute _asked;
    private readonly Dictionary<string, (SeriesRoute Route, CachedSeries Series)> _series = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool _isAlone;
    private readonly Dictionary<string, (long Removals, long Version)> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts with the newest stored state of the series asked for.</summary>
    /// <param name="tiers">The tiers.</param>
    /// <param name="router">The router.</param>
    /// <param name="asked">The series asked for.</param>
    /// <param name="isAlone">Whether other processes may store series of the feed meanwhile, as the feed's lock was not to be had.</param>
    public FeedState(SeriesTiers tiers, SeriesRouter router, SeriesRoute asked, bool isAlone)
    {
        _isAlone = isAlone;
        _tiers = tiers;
        _router = router;
        _asked = asked;
    }

    /// <summary>The series asked for, as it stands now.</summary>
    public CachedSeries Asked => Of(_asked.Type.Name)!.Value.Series;

    /// <summary>Whether an epoch has ended since the last save: then a save must wait until the whole range has been fetched anew.</summary>
    public bool EpochEnded { get; private set; }

    /// <summary>Answers so far that ended an epoch.</summary>
    public int EpochsEnded { get; private set; }

    /// <summary>Whether a series of the feed has been removed since it was read: then nothing of these copies may be stored any more.</summary>
    public bool IsOutdated => _read.Any(series => series.Value.Removals != _tiers.RemovalsOf(series.Key));

    /// <summary>Whether a fetch should reach back to a known row, so that a rewritten history shows.</summary>
    /// <param name="type">A data type of the feed.</param>
    public bool RewritesHistory(string type) => Of(type) is { } held && held.Route.Adjustments != AdjustmentKinds.None;

    /// <summary>
    /// The mark of the answer that the rows of a span came with, if they are all still there: then, and only then, the provider may
    /// answer that nothing has changed.
    /// </summary>
    /// <param name="periods">The feed's periods.</param>
    /// <param name="span">The periods to be asked for.</param>
    public string? ValidatorOf(PeriodTable periods, PeriodSpan span)
    {
        var held = Of(_asked.Type.Name)!.Value;
        return held.Series.Properties.GetValueOrDefault(SeriesFacts.Validator) is { } validator && IsWhole(held.Route, validator, periods, span)
            ? validator
            : null;
    }

    /// <summary>Reads the rows of the series asked for between two keys; what cannot be read is no longer known.</summary>
    /// <param name="firstKey">First row key.</param>
    /// <param name="lastKey">Last row key.</param>
    public void ReadAsked(long firstKey, long lastKey)
    {
        _ = Of(_asked.Type.Name);
        Load(_asked, firstKey, lastKey);
    }

    /// <summary>Lays an answer over the working copies.</summary>
    /// <param name="response">The provider's answer.</param>
    /// <param name="periods">The feed's periods.</param>
    /// <param name="span">The periods asked for.</param>
    /// <param name="newest">Index of the newest period that has opened.</param>
    /// <param name="fetchedAt">When the provider was asked, UTC ticks.</param>
    /// <param name="validator">What the provider was handed of <see cref="ValidatorOf"/>.</param>
    public void Apply(ProviderResponse response, PeriodTable periods, PeriodSpan span, int newest, long fetchedAt, string? validator)
    {
        var fetches = new List<(SeriesRoute Route, FetchedRows Rows, string? Unit)>();
        foreach (var carried in (response.NotModified ? Confirmed(validator, periods, span) : SeriesOf(response)).ToList())
        {
            if (Of(carried.DataType) is { } held)
            {
                var rows = Normalize(carried, held.Route, periods, span, fetchedAt);
                Load(held.Route, rows.FirstKey, rows.LastKey);
                fetches.Add((held.Route, rows, carried.Unit));
            }
        }

        EndEpochs(fetches, periods);
        foreach (var (route, rows, unit) in fetches)
        {
            var held = _series[route.Type.Name].Series;
            var merged = SeriesMerger.Merge(held, rows, periods, newest, route.Rule, route.IsSparse, route.Layout);
            Set(route, WithFacts(merged, response, unit));
        }
    }

    /// <summary>Notes that the provider knows no such ticker.</summary>
    /// <param name="at">When it said so, UTC ticks.</param>
    /// <param name="message">What it said.</param>
    public void NoteNotFound(long at, string message)
    {
        var held = Of(_asked.Type.Name)!.Value.Series;
        var facts = new Dictionary<string, string>(held.Properties)
        {
            [SeriesFacts.NotFoundAt] = at.ToString(System.Globalization.CultureInfo.InvariantCulture),
            [SeriesFacts.NotFoundMessage] = message,
        };
        Set(_asked, held.With(facts));
    }

    /// <summary>Makes everything that has changed visible to others.</summary>
    /// <returns>Whether that was possible; else these copies are outdated.</returns>
    public bool TrySave()
    {
        // Corporate actions last: should the process die in between, the next fetch still reveals them as new.
        foreach (var name in _changed.OrderBy(static n => n is SplitType or DividendType))
        {
            var series = _series[name].Series;
            var (removals, version) = _read[series.Key];
            if ((_isAlone && _tiers.Disk?.VersionOf(series.Key) > version) || !_tiers.TrySave(series, removals))
            {
                return false;
            }

            _read[series.Key] = (removals, series.Version);
        }

        _changed.Clear();
        EpochEnded = false;
        return true;
    }

    private (SeriesRoute Route, CachedSeries Series)? Of(string type)
    {
        if (_series.TryGetValue(type, out var held))
        {
            return held;
        }

        if (!_router.Types.TryGet(type, out var definition))
        {
            return null;
        }

        var route = string.Equals(type, _asked.Type.Name, StringComparison.OrdinalIgnoreCase) ? _asked : _router.Sibling(_asked, definition);
        var removals = _tiers.RemovalsOf(route.Key.Text);
        var series = _tiers.Newest(route.Key.Text) ?? new CachedSeries { Key = route.Key.Text };
        _read[series.Key] = (removals, series.Version);
        held = (route, series);
        _series[definition.Name] = held;
        return held;
    }

    private void Set(SeriesRoute route, CachedSeries series)
    {
        _series[route.Type.Name] = (route, series);
        _changed.Add(route.Type.Name);
    }

    /// <summary>What is stored of an answer that the provider has not changed since: as good as if it had come again.</summary>
    private IEnumerable<ProviderSeries> Confirmed(string? validator, PeriodTable periods, PeriodSpan span)
    {
        if (validator is null)
        {
            throw new ProviderException(
                ProviderErrorKind.BadResponse,
                $"{_asked.Provider} answered {_asked.Subject} with \"not modified\", though it was not asked whether something was.");
        }

        var (first, last) = (periods.Key(span.First), periods.EndKey(span.Last));
        foreach (var type in _asked.Group)
        {
            // A series of the group that came with another answer, or has lost rows since, is not what the provider speaks of.
            if (Of(type) is { } held && IsWhole(held.Route, validator, periods, span))
            {
                yield return new ProviderSeries(type, Tables.RowKeys.Between(_series[held.Route.Type.Name].Series.Rows, first, last));
            }
        }
    }

    /// <summary>Whether a series carries the mark, and every period of the span is covered once its rows have been read and verified.</summary>
    private bool IsWhole(SeriesRoute route, string validator, PeriodTable periods, PeriodSpan span)
    {
        if (_series[route.Type.Name].Series.Properties.GetValueOrDefault(SeriesFacts.Validator) != validator)
        {
            return false;
        }

        var runs = Load(route, periods.Key(span.First), periods.EndKey(span.Last)).Runs;
        for (var index = span.First; index <= span.Last; index++)
        {
            if (!Coverage.Covers(runs, periods.Key(index)))
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<ProviderSeries> SeriesOf(ProviderResponse response)
    {
        var hasAsked = false;
        foreach (var series in response.Series)
        {
            hasAsked |= string.Equals(series.DataType, _asked.Type.Name, StringComparison.OrdinalIgnoreCase);
            yield return series;
        }

        if (!hasAsked)
        {
            yield return new ProviderSeries(_asked.Type.Name, MarketTable.Empty);
        }
    }

    private static FetchedRows Normalize(ProviderSeries carried, SeriesRoute route, PeriodTable periods, PeriodSpan span, long fetchedAt)
    {
        var first = periods.Key(span.First);
        var last = route.Frequency.IsIntraday || route.SnapsToPeriod ? periods.EndKey(span.Last) : periods.LastDay(span.Last).DayNumber;
        var rows = RowNormalizer.Normalize(carried.Rows, periods, route.Frequency.IsIntraday, route.SnapsToPeriod, first, last);
        return new FetchedRows(rows, span, first, last, fetchedAt);
    }

    private CachedSeries Load(SeriesRoute route, long firstKey, long lastKey)
    {
        var (first, last) = (route.Layout.BoundsOf(firstKey).First, route.Layout.BoundsOf(lastKey).Last);
        var loaded = _tiers.LoadForWriting(_series[route.Type.Name].Series, first, last);
        _series[route.Type.Name] = (route, loaded);
        return loaded;
    }

    private void EndEpochs(List<(SeriesRoute Route, FetchedRows Rows, string? Unit)> fetches, PeriodTable periods)
    {
        var dividend = NewestRevealed(fetches, DividendType);
        var split = NewestRevealed(fetches, SplitType);
        var anyEnds = false;
        foreach (var (route, rows, _) in fetches)
        {
            var held = _series[route.Type.Name].Series;
            var ends = SeriesMerger.Contradicts(held, rows)
                || (dividend is { } dividendKey && route.Adjustments.HasFlag(AdjustmentKinds.Dividends) && IsRewritten(held, route, dividendKey, periods))
                || (split is { } splitKey && route.Adjustments.HasFlag(AdjustmentKinds.Splits) && IsRewritten(held, route, splitKey, periods));
            if (ends)
            {
                anyEnds = true;
                Set(route, new CachedSeries
                {
                    Key = held.Key,
                    Epoch = held.Epoch + 1,
                    Version = held.Version,
                    Properties = held.Properties,
                });
            }
        }

        if (anyEnds)
        {
            EpochEnded = true;
            EpochsEnded++;
        }
    }

    /// <summary>The key of the newest corporate action in the answer that was not known before.</summary>
    private long? NewestRevealed(List<(SeriesRoute Route, FetchedRows Rows, string? Unit)> fetches, string type)
    {
        foreach (var (route, rows, _) in fetches)
        {
            if (route.Type.Name != type)
            {
                continue;
            }

            var known = _series[type].Series.Rows;
            for (var row = rows.Rows.RowCount - 1; row >= 0; row--)
            {
                var key = Tables.RowKeys.At(rows.Rows, row);
                var at = Tables.RowKeys.LowerBound(known, key);
                if (at >= known.RowCount || Tables.RowKeys.At(known, at) != key)
                {
                    return key;
                }
            }
        }

        return null;
    }

    /// <summary>Whether rows older than a corporate action were fetched before it took effect.</summary>
    private static bool IsRewritten(CachedSeries held, SeriesRoute route, long actionKey, PeriodTable periods)
    {
        var index = Math.Min(periods.IndexAtOrAfter(actionKey), periods.Count - 1);
        var effective = periods.CloseTicks(index) + route.Rule.Lag + route.Rule.Settle;
        foreach (var run in held.Runs)
        {
            if (run.First < actionKey && run.FetchedAt < effective)
            {
                return true;
            }
        }

        return false;
    }

    private static CachedSeries WithFacts(CachedSeries series, ProviderResponse response, string? unit)
    {
        var facts = new Dictionary<string, string>(series.Properties);
        facts.Remove(SeriesFacts.NotFoundAt);
        facts.Remove(SeriesFacts.NotFoundMessage);
        Note(facts, SeriesFacts.Calendar, response.Calendar);
        Note(facts, SeriesFacts.Currency, response.Currency);
        Note(facts, SeriesFacts.Unit, unit);

        // Always of the last answer: an older mark would vouch for rows that it did not come with.
        facts.Remove(SeriesFacts.Validator);
        Note(facts, SeriesFacts.Validator, response.Validator);
        return series.With(facts);
    }

    private static void Note(Dictionary<string, string> facts, string name, string? value)
    {
        if (value is not null)
        {
            facts[name] = value;
        }
    }
}
