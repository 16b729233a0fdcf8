namespace MarketCache.Faults.Walk;

/// <summary>What is known of one session.</summary>
/// <param name="Values">The row, null for none; NaN for a value that is not there.</param>
/// <param name="At">When it was last asked for.</param>
/// <param name="ValuesAt">When the row came that is held.</param>
/// <param name="IsFinal">Whether it never changes again.</param>
/// <param name="IsDoubtful">Whether there was no row where rows should be.</param>
internal readonly record struct Known(double[]? Values, long At, long ValuesAt, bool IsFinal, bool IsDoubtful)
{
    public bool IsVoid => Values is null || double.IsNaN(Values.Length == 1 ? Values[0] : Values[3]);
}

/// <summary>One data type of one feed: a dictionary of sessions, and at most one older one of another basis.</summary>
internal sealed class ModelSeries(string type)
{
    public string Type => type;

    public SortedDictionary<DateOnly, Known> Current { get; set; } = [];

    public SortedDictionary<DateOnly, Known>? Kept { get; set; }

    public bool IsEvents => type is "DIVIDEND" or "SPLIT";

    /// <summary>Sets rows of an older basis aside; those of the newer one are never among them.</summary>
    public void Retire(Func<DateOnly, Known, bool> isOld, Func<DateOnly, Known, bool>? isNewer = null)
    {
        if (!Current.Any(pair => isOld(pair.Key, pair.Value)))
        {
            return;
        }

        var old = new SortedDictionary<DateOnly, Known>(Current.Where(pair => isNewer?.Invoke(pair.Key, pair.Value) != true).ToDictionary());
        Kept = Kept is not null && Kept.Count > old.Count ? Kept : old;
        Current = new SortedDictionary<DateOnly, Known>(Current.Where(pair => !isOld(pair.Key, pair.Value)).ToDictionary());
    }
}

/// <summary>
/// The independent model of a cache: a dictionary and the freshness rule. It is told each answer of the provider and says what may be
/// asked, and what a request must be answered with. Calls of its own it never plans.
/// </summary>
internal sealed class WalkModel(WalkWorld world)
{
    private const int AbsentSessions = 7;
    private readonly Dictionary<(string Ticker, string Frequency), Dictionary<string, ModelSeries>> _feeds = [];
    private readonly Dictionary<string, HashSet<(DateOnly Ex, bool IsSplit)>> _actions = [];
    private readonly Dictionary<(string Ticker, string Frequency), string?> _currencies = [];

    /// <summary>Contradictions and newly known actions of the last answer that was laid: only they excuse another round of calls.</summary>
    public int Surprises { get; private set; }

    /// <summary>Whether an answer has told of an action.</summary>
    public bool Knows(string ticker, TrueAction action) => _actions.GetValueOrDefault(ticker, []).Contains((action.Ex, action.IsSplit));

    public IEnumerable<(string Ticker, string Frequency)> Feeds => _feeds.Keys;

    public ModelSeries Series(string? ticker, string frequency, string type)
    {
        var key = (ticker ?? "", frequency);
        if (!_feeds.TryGetValue(key, out var feed))
        {
            _feeds[key] = feed = [];
        }

        if (!feed.TryGetValue(type, out var series))
        {
            feed[type] = series = new ModelSeries(type);
        }

        return series;
    }

    /// <summary>Forgets what a filter means.</summary>
    public void Clear(string? ticker, string? type)
    {
        if (type is null)
        {
            // What goes with the feeds: nobody knows the actions any more.
            foreach (var name in _actions.Keys.Where(name => ticker is null || name == ticker).ToList())
            {
                _actions.Remove(name);
            }

            foreach (var key in _currencies.Keys.Where(key => ticker is null || key.Ticker == ticker).ToList())
            {
                _currencies.Remove(key);
            }
        }

        foreach (var (key, feed) in _feeds)
        {
            if (ticker is null || key.Ticker == ticker)
            {
                foreach (var name in feed.Keys.Where(name => type is null || name == type).ToList())
                {
                    feed.Remove(name);
                }
            }
        }
    }

    /// <summary>Sets aside what rests on an older basis at a moment.</summary>
    public void Age(long now)
    {
        foreach (var ((ticker, frequency), feed) in _feeds)
        {
            foreach (var series in feed.Values)
            {
                foreach (var (ex, isSplit) in _actions.GetValueOrDefault(ticker, []).Order())
                {
                    if (!WalkWorld.Concerns(new TrueAction(ex, isSplit, 0, 0, 0), series.Type))
                    {
                        continue;
                    }

                    var effective = world.Sessions.First(s => s.First >= ex).Close;
                    var from = frequency == "weekly" ? world.Weeks.Last(w => w.First <= ex).First : ex;
                    if (effective <= now)
                    {
                        series.Retire((day, known) => day < from && known.At < effective, (day, known) => day < from && known.At >= effective);
                    }
                }
            }
        }
    }

    /// <summary>The sessions of a range that have opened.</summary>
    public IEnumerable<Span> Opened(string type, string frequency, DateOnly start, DateOnly end, long now) =>
        world.Opened(type, frequency, start, end, now);

    /// <summary>What the freshness rule wants asked: what it must be asked, and what it may (a row that has not come).</summary>
    public (HashSet<DateOnly> Must, HashSet<DateOnly> May) Needs(DataRequest request, long now, bool force, long accepted)
    {
        var (must, may) = (new HashSet<DateOnly>(), new HashSet<DateOnly>());
        var series = Series(request.Ticker, request.Frequency, request.DataType);
        var lag = LagOf(request.DataType);
        var isOpen = world.SpansOf(request.DataType, "daily").Any(s => s.Open <= now && now < s.Close + lag);
        foreach (var span in Opened(request.DataType, request.Frequency, request.Start, request.End, now))
        {
            var day = span.First;
            if (!series.Current.TryGetValue(day, out var known))
            {
                must.Add(day);
            }
            else if (known.At == accepted)
            {
                continue;
            }
            else if (force || (known.IsFinal && span.Close + lag > now))
            {
                must.Add(day);
            }
            else if (!known.IsFinal && known.At > now + TimeSpan.FromMinutes(5).Ticks)
            {
                must.Add(day);
            }
            else if (!known.IsFinal)
            {
                var settled = span.Close + lag;
                if (known.At >= settled)
                {
                    may.Add(day);
                }
                else if (now >= settled || now >= known.At + TtlOf(request.DataType, isOpen))
                {
                    (known.IsVoid && !series.IsEvents ? may : must).Add(day);
                }
            }
        }

        return (must, may);
    }

    /// <summary>The final rows of prices that an answer contradicts.</summary>
    public List<DateOnly> Contradictions(ProviderRequest request, ProviderResponse response, string type)
    {
        var series = Series(request.Ticker, request.Frequency, type);
        return series.IsEvents || type == "VOLUME"
            ? []
            : [.. RowsOf(response, type).Where(row => series.Current.TryGetValue(row.Key, out var known) && known.IsFinal && Contradicts(known.Values, row.Value)).Select(row => row.Key)];
    }

    /// <summary>Lays an answer over what is known.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="response">The answer.</param>
    /// <param name="next">The answer to the next call of the same flight: a probe, where one was due.</param>
    public void Lay(ProviderRequest request, ProviderResponse response, (ProviderRequest Request, ProviderResponse? Response)? next)
    {
        Surprises = 0;
        var now = request.Now.Ticks;
        var before = _currencies.GetValueOrDefault((request.Ticker ?? "", request.Frequency));
        var hasMoved = before is not null && before != response.Currency && response.Series.Any(static s => s.Rows.RowCount > 0);
        _currencies[(request.Ticker ?? "", request.Frequency)] = response.Currency;
        string[] types = request.Ticker is null ? [request.DataType] : WalkWorld.Group;
        if (request.Ticker is { } ticker)
        {
            var known = _actions.TryGetValue(ticker, out var actions) ? actions : _actions[ticker] = [];
            foreach (var type in (string[])["DIVIDEND", "SPLIT"])
            {
                foreach (var day in RowsOf(response, type).Keys)
                {
                    Surprises += known.Add((day, type == "SPLIT")) ? 1 : 0;
                }
            }

            Age(now);
        }

        var spans = Opened(request.DataType, request.Frequency, request.Start, request.End, now).ToList();
        var newest = Array.FindLastIndex(world.SpansOf(request.DataType, request.Frequency), s => s.Open <= now);
        var first = spans.Count == 0 ? newest : Array.FindIndex(world.SpansOf(request.DataType, request.Frequency), s => s.First == spans[0].First);
        var isDoubtful = types.All(type => type is "DIVIDEND" or "SPLIT" || RowsOf(response, type).Count == 0) && newest - first >= AbsentSessions;
        foreach (var type in types)
        {
            var series = Series(request.Ticker, request.Frequency, type);
            if ((hasMoved && type is not ("VOLUME" or "SPLIT")) || IsNewBasis(series, request, response, next))
            {
                Surprises++;
                series.Retire(static (_, _) => true);
            }
        }

        foreach (var type in types)
        {
            var series = Series(request.Ticker, request.Frequency, type);
            var rows = RowsOf(response, type);
            for (var i = 0; i < spans.Count; i++)
            {
                var span = spans[i];
                rows.TryGetValue(span.First, out var values);
                var has = series.Current.TryGetValue(span.First, out var old);
                var laid = new Known(values, now, now, false, false);
                if (has && old is { IsFinal: true, Values: not null } && (values is null || (laid.IsVoid && !old.IsVoid) || Agree(old.Values, values)))
                {
                    laid = laid with { Values = old.Values, ValuesAt = laid.IsVoid ? old.ValuesAt : now };
                }

                var isOld = newest - first - i >= AbsentSessions && !isDoubtful;
                series.Current[span.First] = laid with
                {
                    IsFinal = now >= span.Close + LagOf(type) && (!laid.IsVoid || series.IsEvents || isOld),
                    IsDoubtful = laid.IsVoid && isDoubtful && !series.IsEvents,
                };
            }

            if (series.Kept is { } kept && kept.All(pair => series.Current.TryGetValue(pair.Key, out var known) && (known.Values is not null || pair.Value.Values is null)))
            {
                series.Kept = null;
            }
        }
    }

    /// <summary>What is known now, for an archive.</summary>
    public WalkModel Copy()
    {
        var copy = new WalkModel(world);
        foreach (var (key, feed) in _feeds)
        {
            foreach (var (type, series) in feed)
            {
                var other = copy.Series(key.Ticker, key.Frequency, type);
                other.Current = new SortedDictionary<DateOnly, Known>(series.Current);
                other.Kept = series.Kept is null ? null : new SortedDictionary<DateOnly, Known>(series.Kept);
            }
        }

        foreach (var (key, currency) in _currencies)
        {
            copy._currencies[key] = currency;
        }

        foreach (var (ticker, actions) in _actions)
        {
            copy._actions[ticker] = [.. actions];
        }

        return copy;
    }

    /// <summary>Joins another state: for each session what is final, else the later fetch; nothing of a basis that one of both knows to be past.</summary>
    public void Join(WalkModel other)
    {
        foreach (var (ticker, actions) in other._actions)
        {
            (_actions.TryGetValue(ticker, out var known) ? known : _actions[ticker] = []).UnionWith(actions);
        }

        foreach (var (key, feed) in other._feeds)
        {
            if (_feeds.TryGetValue(key, out var held) && LastFetch(held) > 0 && LastFetch(feed) > 0
                && _currencies.GetValueOrDefault(key) != other._currencies.GetValueOrDefault(key))
            {
                // Prices in two currencies do not stand in one table: those asked for last count.
                if (LastFetch(feed) <= LastFetch(held))
                {
                    continue;
                }

                held.Clear();
                _currencies[key] = other._currencies.GetValueOrDefault(key);
            }

            foreach (var (type, theirs) in feed)
            {
                var mine = Series(key.Ticker, key.Frequency, type);
                if (mine.Current.Count == 0)
                {
                    mine.Kept ??= theirs.Kept is null ? null : new SortedDictionary<DateOnly, Known>(theirs.Kept);
                }

                if (theirs.Current.Count == 0)
                {
                    continue;
                }

                var common = mine.Current.Where(pair => pair.Value is { IsFinal: true, IsVoid: false }
                    && theirs.Current.TryGetValue(pair.Key, out var twin) && twin is { IsFinal: true, IsVoid: false }).Select(static pair => pair.Key).ToList();
                if (!mine.IsEvents && common.Count > 0 && Contradicts(mine.Current[common[0]].Values, theirs.Current[common[0]].Values!))
                {
                    // Two histories: the one asked for last counts, whole.
                    if (theirs.Current.Values.Max(static known => known.At) <= mine.Current.Values.Max(static known => known.At))
                    {
                        continue;
                    }

                    mine.Retire(static (_, _) => true);
                }

                foreach (var (day, known) in theirs.Current)
                {
                    if (!mine.Current.TryGetValue(day, out var old) || (known.IsFinal != old.IsFinal ? known.IsFinal : known.At > old.At))
                    {
                        mine.Current[day] = known;
                    }
                }
            }
        }
    }

    /// <summary>The rows that a table must have.</summary>
    public static List<(DateOnly Day, Known Row)> Rows(SortedDictionary<DateOnly, Known> known, DateOnly start, DateOnly end) =>
        [.. known.Where(pair => pair.Key >= start && pair.Key <= end && pair.Value.Values is not null).Select(pair => (pair.Key, pair.Value))];

    public static SortedDictionary<DateOnly, double[]> RowsOf(MarketTable table)
    {
        var rows = new SortedDictionary<DateOnly, double[]>();
        for (var row = 0; row < table.RowCount; row++)
        {
            rows[(DateOnly)table.Columns[0].GetValue(row)!] = [.. table.Columns.Skip(1).Select(column => column.GetValue(row) switch
            {
                double value => value,
                long value => value,
                _ => double.NaN,
            })];
        }

        return rows;
    }

    public long LagOf(string type) => type == "TREASURY_10Y" ? world.RatesLag : 0;

    private static SortedDictionary<DateOnly, double[]> RowsOf(ProviderResponse response, string type) =>
        response.Series.FirstOrDefault(s => s.DataType == type) is { } series ? RowsOf(series.Rows) : [];

    private static long LastFetch(Dictionary<string, ModelSeries> feed) =>
        feed.Values.SelectMany(static series => series.Current.Values).Select(static known => known.At).DefaultIfEmpty(0).Max();

    private bool IsNewBasis(ModelSeries series, ProviderRequest request, ProviderResponse response, (ProviderRequest Request, ProviderResponse? Response)? next)
    {
        var contradicted = Contradictions(request, response, series.Type);
        if (contradicted.Count == 0)
        {
            return false;
        }

        foreach (var type in (string[])["DIVIDEND", "SPLIT"])
        {
            // An answer that tells of the action at the same time leaves no doubt.
            if (RowsOf(response, type).Keys.Any(ex => WalkWorld.Concerns(new TrueAction(ex, type == "SPLIT", 0, 0, 0), series.Type)
                && contradicted[0] < (request.Frequency == "weekly" ? world.Weeks[WalkWorld.IndexAtOrAfter(world.Weeks, ex.AddDays(1)) - 1].First : ex)))
            {
                return true;
            }
        }

        var asOf = contradicted.Max(day => series.Current[day].At);
        var oldest = series.Current.First(pair => pair.Value is { IsFinal: true, IsVoid: false } && pair.Value.At <= asOf);
        if (oldest.Key >= request.Start && oldest.Key <= request.End)
        {
            return contradicted.Contains(oldest.Key);
        }

        var rows = next is { Response: { } probe } && next.Value.Request.Start <= oldest.Key && next.Value.Request.End >= oldest.Key ? RowsOf(probe, series.Type) : [];
        if (rows.TryGetValue(oldest.Key, out var values) && !new Known(values, 0, 0, false, false).IsVoid)
        {
            return Contradicts(oldest.Value.Values, values);
        }

        var compared = RowsOf(response, series.Type).Count(row => series.Current.TryGetValue(row.Key, out var known)
            && known is { IsFinal: true, IsVoid: false } && !new Known(row.Value, 0, 0, false, false).IsVoid);
        return contradicted.Count == compared;
    }

    private static bool Contradicts(double[]? held, double[] fresh)
    {
        if (held is null || new Known(held, 0, 0, false, false).IsVoid || new Known(fresh, 0, 0, false, false).IsVoid)
        {
            return false;
        }

        // The fifth value is a volume.
        for (var i = 0; i < Math.Min(4, held.Length); i++)
        {
            if (!double.IsNaN(held[i]) && !double.IsNaN(fresh[i]) && !IsClose(held[i], fresh[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Agree(double[] held, double[] fresh) =>
        held.Zip(fresh, static (a, b) => double.IsNaN(a) ? double.IsNaN(b) : a == b || (a % 1 != 0 && IsClose(a, b))).All(static same => same);

    private static bool IsClose(double a, double b) => Math.Abs(a - b) <= 1e-6 * Math.Max(Math.Abs(a), Math.Abs(b));

    private static long TtlOf(string type, bool isOpen) => type switch
    {
        "OHLCV" or "VOLUME" => isOpen ? 300 * TimeSpan.TicksPerSecond : TimeSpan.TicksPerDay,
        "ADJUSTED_CLOSE" => TimeSpan.TicksPerDay,
        "TREASURY_10Y" => TimeSpan.TicksPerHour,
        _ => 7 * TimeSpan.TicksPerDay,
    };
}
