using System.Globalization;
using MarketCache.Engine;
using MarketCache.Engine.Configuration;

namespace MarketCache.Faults.Walk;

/// <summary>An answer that the model does not give, with the steps that led to it.</summary>
internal sealed class WalkException(string message) : Exception(message);

/// <summary>One walk: an engine (or several over one folder) and the model, side by side through random steps.</summary>
internal sealed class WalkRun : IAsyncDisposable
{
    private static readonly string[] Tickers = ["AAA", "BBB"];
    private static readonly string[] AskedTypes = ["OHLCV", "OHLCV", "OHLCV", "ADJUSTED_CLOSE", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];
    private readonly int _seed;
    private readonly Random _random;
    private readonly WalkClock _clock;
    private readonly WalkWorld _world;
    private readonly WalkModel _model;
    private readonly MarketCacheOptions _options;
    private readonly MarketDataCache?[] _caches;
    private readonly List<string> _log = [];
    private readonly WalkScope _scope;
    private readonly string _folder;
    private readonly Dictionary<(string, string), long> _notFound = [];
    private readonly List<long> _currencyChanges = [];
    private WalkModel? _archived;

    public WalkRun(int seed, WalkScope scope, string folder)
    {
        _seed = seed;
        _scope = scope;
        _random = new Random(seed);
        _folder = folder;
        _world = new WalkWorld(seed, new DateOnly(2016, 1, 1), new DateOnly(2024, 12, 31));
        foreach (var ticker in Tickers)
        {
            _world.Tickers[ticker] = new TrueTicker();
        }

        _clock = new WalkClock(new DateTimeOffset(2018, 1, 2, 0, 0, 0, TimeSpan.Zero).AddMinutes(_random.Next(400 * 24 * 60)));
        _model = new WalkModel(_world);
        _options = MarketCacheOptions.Default with
        {
            Disk = new DiskOptions { CacheDir = Path.Combine(folder, "cache"), Enabled = scope.Disk },
            Memory = !scope.Disk ? new MemoryOptions { DefaultTtlHours = 1e5 }
                : scope.SmallMemory && _random.Next(2) == 0 ? new MemoryOptions { MaxSize = 1 } : new MemoryOptions(),
            Freshness = MarketCacheOptions.Default.Freshness with { StaleIfError = Timeout.InfiniteTimeSpan },
        };
        _caches = new MarketDataCache?[scope.Instances];
    }

    /// <summary>Requests made.</summary>
    public int Requests { get; private set; }

    /// <summary>Rows compared.</summary>
    public long Rows { get; private set; }

    private long Now => _clock.GetUtcNow().UtcTicks;

    /// <summary>Walks.</summary>
    /// <param name="steps">How many steps.</param>
    public async Task WalkAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            try
            {
                await StepAsync();
            }
            catch (Exception error)
            {
                throw new WalkException($"""
                    seed {_seed}, step {step}, {new DateTime(Now):yyyy-MM-dd HH:mm:ss}: {(error is WalkException ? error.Message : error.ToString())}
                    {string.Join(Environment.NewLine, _log.TakeLast(25))}
                    """);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches)
        {
            if (cache is not null)
            {
                await cache.DisposeAsync();
            }
        }
    }

    private async Task StepAsync()
    {
        Advance();
        _model.Age(Now);
        var dice = _random.Next(100);
        if (dice < 74)
        {
            await RequestAsync();
        }
        else if (dice < 77 && _scope.Clears)
        {
            Clear();
        }
        else if (dice < 79)
        {
            await RestartAsync(_random.Next(_caches.Length));
        }
        else if (dice < 82 && _scope.Actions)
        {
            AddAction();
        }
        else if (dice < 85 && _scope.Corrections)
        {
            Correct();
        }
        else if (dice < 87 && _scope.Archives)
        {
            await ArchiveAsync();
        }
        else if (dice < 88 && _scope.Disk)
        {
            Log("optimize");
            await CacheAt(_random.Next(_caches.Length)).OptimizeAsync();
        }
        else if (dice < 89 && _scope.Currency)
        {
            var ticker = Tickers[_random.Next(Tickers.Length)];
            _world.Tickers[ticker].Currency = _world.Tickers[ticker].Currency == "USD" ? "EUR" : "USD";
            Log($"{ticker} is quoted in {_world.Tickers[ticker].Currency}");
        }
    }

    private void Advance()
    {
        var by = _random.Next(100) switch
        {
            < 50 => TimeSpan.FromSeconds(1 + _random.Next(400)),
            < 75 => TimeSpan.FromMinutes(_random.Next(400)),
            < 95 => TimeSpan.FromHours(_random.Next(60)),
            < 99 => TimeSpan.FromDays(_random.Next(15)),

            // The service's clock goes with it, so a longer step would undo what the service has told.
            _ => _scope.ClockBack ? TimeSpan.FromSeconds(-_random.Next(240)) : TimeSpan.FromDays(20),
        };
        _clock.Move(by);
    }

    private MarketDataCache CacheAt(int index) => _caches[index] ??= MarketDataCache.Open(_options, _clock, [_world]);

    private async Task RestartAsync(int index)
    {
        Log($"restart {index}");
        if (_caches[index] is { } cache)
        {
            await cache.DisposeAsync();
            _caches[index] = null;
        }

        if (!_scope.Disk)
        {
            _model.Clear(null, null);
        }
    }

    private void Clear()
    {
        var cache = CacheAt(_random.Next(_caches.Length));
        var ticker = _random.Next(2) == 0 ? Tickers[_random.Next(Tickers.Length)] : null;
        var type = _random.Next(2) == 0 ? WalkWorld.Group[_random.Next(WalkWorld.Group.Length)] : null;
        var onlyMemory = _random.Next(3) == 0 && _scope.Disk;
        Log($"clear {ticker ?? "*"} {type ?? "*"}{(onlyMemory ? " memory" : "")}");
        cache.Clear(new CacheFilter { Tickers = ticker is null ? [] : [ticker], DataTypes = type is null ? [] : [type], Tiers = onlyMemory ? ["Memory"] : [] });
        if (!onlyMemory)
        {
            _model.Clear(ticker, type);
        }
    }

    private void AddAction()
    {
        // Announced or seen only when it happens: what tells of it is the answer that carries its ex-day.
        var name = Tickers[_random.Next(Tickers.Length)];
        var ticker = _world.Tickers[name];
        var at = Array.FindIndex(_world.Sessions, s => s.Open > Now) + _random.Next(4);
        var ex = _world.Sessions[at];
        if (ticker.Actions.Any(a => a.Ex == ex.First))
        {
            return;
        }

        var isSplit = _random.Next(2) == 0;
        var value = isSplit ? 2 + _random.Next(3) : 0.25 + (_random.Next(8) / 8.0);
        var factor = isSplit ? 1 / value : 1 - (value / 100);
        var late = _scope.LateRescaling && _random.Next(3) == 0 ? _random.Next(96) : 0;
        var rescaled = late == 0 ? ex.Open : ex.Close + (late * TimeSpan.TicksPerHour);
        ticker.Actions.Add(new TrueAction(ex.First, isSplit, value, factor, rescaled));
        Log($"{name} {(isSplit ? "split" : "dividend")} ex {ex.First:yyyy-MM-dd}, rescaled {new DateTime(rescaled):yyyy-MM-dd HH:mm}");
    }

    private void Correct()
    {
        var name = Tickers[_random.Next(Tickers.Length)];
        var ticker = _world.Tickers[name];
        var newest = Array.FindLastIndex(_world.Sessions, s => s.Open <= Now);
        for (var i = _random.Next(3); i >= 0; i--)
        {
            var day = _world.Sessions[newest - _random.Next(120)].First;
            switch (_random.Next(4))
            {
                case 0:
                    ticker.PriceCorrections[day] = ticker.PriceCorrections.GetValueOrDefault(day, 1) * (1 + (_random.Next(1, 40) / 1000.0));
                    Log($"{name} price of {day:yyyy-MM-dd} corrected");
                    break;
                case 1:
                    ticker.VolumeCorrections[day] = _random.Next(1, 5);
                    Log($"{name} volume of {day:yyyy-MM-dd} corrected");
                    break;
                case 2:
                    ticker.Late[day] = Now + (_random.Next(200) * TimeSpan.TicksPerHour);
                    Log($"{name} has no row for {day:yyyy-MM-dd} until {new DateTime(ticker.Late[day]):yyyy-MM-dd HH:mm}");
                    break;
                default:
                    if (_scope.Voids)
                    {
                        _ = ticker.Void.Remove(day) || ticker.Void.Add(day);
                        Log($"{name} values of {day:yyyy-MM-dd} void: {ticker.Void.Contains(day)}");
                    }

                    break;
            }
        }
    }

    private async Task ArchiveAsync()
    {
        var path = Path.Combine(_folder, "archive.zip");
        var cache = CacheAt(_random.Next(_caches.Length));
        if (!_scope.Disk)
        {
            return;
        }

        if (_archived is null || _random.Next(3) == 0)
        {
            Log("export");
            cache.Archive.Export(path, CacheFilter.All);
            _archived = _model.Copy();
        }
        else
        {
            Log("import");
            var report = await cache.Archive.ImportAsync(path, replace: false);
            Check(report.Problems.Count == 0, $"the import met {string.Join("; ", report.Problems)}");
            _model.Join(_archived);
            _model.Age(Now);
        }
    }

    private async Task RequestAsync()
    {
        var index = _random.Next(_caches.Length);
        var request = NextRequest();
        _world.Fate = _random.Next(100) is var fate && _scope.Failures && fate < 10
            ? (Fate)(1 + (fate % 4))
            : Fate.Well;
        _world.Patience = _random.Next(3) == 0 ? 1 : 0;
        var policy = _random.Next(100) switch
        {
            < 3 => FetchPolicy.Refresh,
            < 8 => FetchPolicy.CacheOnly,
            _ => FetchPolicy.Default,
        };
        _model.Age(Now);
        Requests++;
        await AskAsync(index, request, policy);
        if (_random.Next(4) == 0 && _world.Fate == Fate.Well && policy == FetchPolicy.Default)
        {
            // Nothing has happened meanwhile: nothing is asked.
            _clock.Tick();
            await AskAsync(_scope.Disk ? _random.Next(_caches.Length) : index, request, policy, isRepeated: true);
        }
    }

    private DataRequest NextRequest()
    {
        var type = _scope.Types ? AskedTypes[_random.Next(AskedTypes.Length)] : "OHLCV";
        var ticker = Tickers[_random.Next(Tickers.Length)];
        var frequency = _scope.Weekly && type is "OHLCV" or "ADJUSTED_CLOSE" && _scope.Weekly && _random.Next(4) == 0 ? "weekly" : "daily";
        if (_scope.Types && _random.Next(10) == 0)
        {
            (type, ticker, frequency) = ("TREASURY_10Y", null!, "daily");
        }

        var spans = _world.SpansOf(type, frequency);
        var newest = Array.FindLastIndex(spans, s => s.Open <= Now);
        var (back, length) = _random.Next(5) switch
        {
            0 => (_random.Next(20), _random.Next(25)),
            1 => (_random.Next(200), _random.Next(10)),
            2 => (200, 210),
            3 => (_random.Next(120), _random.Next(130)),
            _ => (_random.Next(350), _random.Next(60)),
        };
        if (frequency == "weekly")
        {
            (back, length) = (back / 4, length / 4);
        }

        var start = spans[Math.Max(0, newest - back)].First;
        var end = spans[newest - back + length].Last;
        return new DataRequest { DataType = type, Ticker = ticker, Start = start, End = end, Frequency = frequency, Provider = "Walk" };
    }

    private async Task<MarketSeries?> AskAsync(int index, DataRequest request, FetchPolicy policy, bool isRepeated = false)
    {
        var now = Now;
        var series = _model.Series(request.Ticker, request.Frequency, request.DataType);
        var (must, may) = _model.Needs(request, now, policy.Force, accepted: -1);
        _world.Calls.Clear();
        var what = $"{index}: {request.DataType} {request.Ticker} {request.Frequency} {request.Start:yyyy-MM-dd}..{request.End:yyyy-MM-dd}"
            + $"{(policy.Force ? " force" : policy.Offline ? " offline" : "")}{(_world.Fate == Fate.Well ? "" : $" [{_world.Fate} after {_world.Patience}]")}";
        MarketSeries? answer = null;
        Exception? error = null;
        using (var stop = new CancellationTokenSource())
        {
            _world.Stop = () => _ = stop.CancelAsync();
            try
            {
                answer = await CacheAt(index).GetAsync(request, policy, stop.Token);
            }
            catch (Exception e) when (e is MarketDataException or OperationCanceledException)
            {
                error = e;
            }
        }

        var calls = _world.Calls.ToList();
        Log($"{what} -> {(answer is null ? error!.GetType().Name : $"{answer.Rows.RowCount} rows, missing {answer.Status.MissingSessions}{(answer.Status.IsStale ? ", stale" : "")}")}; must {must.Count}, may {may.Count}; "
            + string.Join(" ", calls.Select(c => $"{c.Request.Start:yyyy-MM-dd}..{c.Request.End:yyyy-MM-dd}{(c.Response is null ? "!" : "")}")));
        LayAll(request, policy, calls, now);
        var failed = calls.Any(c => c.Response is null);
        if (policy.Offline)
        {
            Check(calls.Count == 0, "a call was made although none was allowed");
        }
        else if (must.Count == 0 && may.Count == 0)
        {
            Check(calls.Count == 0, "a call was made though nothing was needed");
        }

        Check(!isRepeated || calls.Count == 0 || may.Count > 0, "the same question at the same moment was asked of the provider twice");
        if (error is OperationCanceledException)
        {
            Check(_world.Fate == Fate.Silent, "nobody stopped this");
            return null;
        }

        var left = _model.Needs(request, now, force: false, accepted: now).Must;
        var isBlocked = _notFound.TryGetValue((request.Ticker ?? "", request.Frequency), out var at) && now - at < TimeSpan.FromMinutes(10).Ticks;
        if (failed && _world.Fate == Fate.Unknown)
        {
            _notFound[(request.Ticker ?? "", request.Frequency)] = now;
        }

        var mayFail = failed || policy.Offline || isBlocked;
        if (request.Frequency == "weekly" && calls.Count == 0 && answer is not null && IsDerived(request, answer, now))
        {
            return answer;
        }

        Check(mayFail || error is null, $"it failed: {error?.Message}");
        Check(mayFail || left.Count == 0, $"{left.Count} session(s) that must be asked for were not, the first {left.Order().FirstOrDefault():yyyy-MM-dd}");
        var current = WalkModel.Rows(series.Current, request.Start, request.End);
        if (error is not null)
        {
            Check(current.Count == 0, $"it failed though {current.Count} rows could have been served: {error.Message}");
            return null;
        }

        CheckAnswer(request, answer!, series, current, mayFail, left, now);
        return answer;
    }

    private void LayAll(DataRequest request, FetchPolicy policy, List<(ProviderRequest Request, ProviderResponse? Response)> calls, long now)
    {
        var isProbe = false;
        var force = policy.Force;
        for (var i = 0; i < calls.Count; i++)
        {
            var (call, response) = calls[i];
            var (must, may) = _model.Needs(request, now, force, accepted: now);
            Check(
                isProbe || must.Concat(may).Any(day => day >= call.Start && day <= call.End),
                $"a call for {call.Start:yyyy-MM-dd}..{call.End:yyyy-MM-dd} asks for nothing that is needed");
            if (response is null || isProbe)
            {
                isProbe = false;
                continue;
            }

            var hasContradictions = (call.Ticker is null ? [call.DataType] : WalkWorld.Group).Any(type => _model.Contradictions(call, response, type).Count > 0);
            if (hasContradictions && i + 1 < calls.Count && calls[i + 1] is { Response: null, Request: var probe } && probe.Start == probe.End)
            {
                // The probe failed, so nobody knows which basis the answer rests on: it is not stored.
                isProbe = true;
                continue;
            }

            _model.Lay(call, response, i + 1 < calls.Count ? calls[i + 1] : null);
            isProbe = hasContradictions && i + 1 < calls.Count
                && !_model.Needs(request, now, force, accepted: now).Must.Any(day => day >= calls[i + 1].Request.Start && day <= calls[i + 1].Request.End);
        }

        Check(calls.Count <= 12, $"{calls.Count} calls for one request");
    }

    private void CheckAnswer(
        DataRequest request, MarketSeries answer, ModelSeries series, List<(DateOnly Day, Known Row)> current, bool mayFail, HashSet<DateOnly> left, long now)
    {
        var rows = WalkModel.RowsOf(answer.Rows);
        var expected = current;
        var opened = _model.Opened(request.DataType, request.Frequency, request.Start, request.End, now).Select(s => s.First).ToList();
        var missing = opened.Count(day => !series.Current.ContainsKey(day));
        var difference = Difference(rows, current);
        if (mayFail && series.Kept is { } kept && (difference is not null || (answer.Status.IsStale && answer.Status.MissingSessions < missing)))
        {
            expected = WalkModel.Rows(kept, request.Start, request.End);
            missing = opened.Count(day => !kept.ContainsKey(day));

            // An archive that was written before its numbers were set aside may have joined rows to them since.
            var ofKept = _archived is null ? rows : new SortedDictionary<DateOnly, double[]>(rows.Where(row => kept.ContainsKey(row.Key)).ToDictionary());
            Check(Difference(ofKept, expected) is null, $"the rows are neither the current ones ({difference}) nor the kept ones ({Difference(ofKept, expected)})");
            Check(answer.Status.IsStale, "older numbers are not marked stale");
        }
        else
        {
            Check(difference is null, difference ?? "");
            missing += series.Kept is { } older ? WalkModel.Rows(older, request.Start, request.End).Count(row => !current.Any(c => c.Day == row.Day)) : 0;
            Check(answer.Status.IsStale || left.Count == 0, "needed rows are not marked stale");
            Check(!answer.Status.IsStale || left.Count > 0 || mayFail, "a fresh answer is marked stale");
        }

        Rows += rows.Count;
        Check(answer.Status.MissingSessions == missing, $"{answer.Status.MissingSessions} sessions are said to be missing, not {missing}");
        var ticker = request.Ticker ?? "";
        foreach (var action in ticker.Length > 0 ? _world.Tickers[ticker].Actions.Where(a => WalkWorld.Concerns(a, request.DataType)) : [])
        {
            var before = expected.Where(row => row.Day < action.Ex && (request.Frequency == "daily" || row.Day.AddDays(6) < action.Ex)).ToList();

            // Stretches with a gap between them, fetched before and after an action that nobody has asked about, cannot be told apart.
            Check(
                (missing > 0 && !_model.Knows(ticker, action)) || before.Select(row => row.Row.ValuesAt >= action.RescaledAt).Distinct().Count() < 2,
                $"two histories: some rows know of {action.Ex:yyyy-MM-dd}, others do not; the first {before.FirstOrDefault(r => r.Row.ValuesAt < action.RescaledAt).Day:yyyy-MM-dd}");
        }
    }

    /// <summary>Whether weekly bars are those that the daily ones held add up to, all of them final.</summary>
    private bool IsDerived(DataRequest request, MarketSeries answer, long now)
    {
        var daily = _model.Series(request.Ticker, "daily", request.DataType).Current;
        var expected = new SortedDictionary<DateOnly, Known>();
        foreach (var week in _world.Opened(request.DataType, "weekly", request.Start, request.End, now))
        {
            var days = daily.Where(pair => pair.Key >= week.First && pair.Key <= week.Last && pair.Value.Values is not null).Select(pair => pair.Value).ToList();
            var sessions = _world.Opened(request.DataType, "daily", week.First, week.Last, now).Select(s => s.First).ToList();
            if (!sessions.TrueForAll(day => daily.TryGetValue(day, out var known) && known.IsFinal))
            {
                Log($"not derived: {week.First:yyyy-MM-dd}: {string.Join(" ", sessions.Where(day => !(daily.TryGetValue(day, out var known) && known.IsFinal)).Select(d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))}");
                return false;
            }

            var priced = days.Where(static day => !day.IsVoid).Select(static day => day.Values!).ToList();
            if (days.Count > 0 && (priced.Count > 0 || days[0].Values!.Length > 1))
            {
                var bar = priced.Count > 0 ? WalkWorld.Week(priced) : [double.NaN, double.NaN, double.NaN, double.NaN, 0];
                if (bar.Length > 1)
                {
                    // What was traded on a day without prices was traded.
                    bar[4] = days.Sum(static day => day.Values![4]);
                }

                expected[week.First] = new Known(bar, 0, 0, IsFinal: true, IsDoubtful: false);
            }
        }

        var difference = Difference(WalkModel.RowsOf(answer.Rows), WalkModel.Rows(expected, request.Start, request.End));
        if (difference is not null)
        {
            Log("not derived: " + difference);
        }

        return difference is null;
    }

    private static string? Difference(SortedDictionary<DateOnly, double[]> rows, List<(DateOnly Day, Known Row)> expected)
    {
        foreach (var (day, row) in expected)
        {
            if (!rows.TryGetValue(day, out var values))
            {
                return $"the row of {day:yyyy-MM-dd} is missing";
            }

            if (!values.SequenceEqual(row.Values!))
            {
                return $"the row of {day:yyyy-MM-dd} is {Text(values)}, not {Text(row.Values!)}";
            }
        }

        return rows.Count == expected.Count ? null : $"the row of {rows.Keys.Except(expected.Select(e => e.Day)).First():yyyy-MM-dd} is too many";
    }

    private static string Text(double[] values) => string.Join(" ", values.Select(v => v.ToString(CultureInfo.InvariantCulture)));

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new WalkException(otherwise);
        }
    }

    private void Log(string line) => _log.Add($"  {new DateTime(Now):yyyy-MM-dd HH:mm:ss} {line}");
}

/// <summary>A clock that can be set back, beside a stopwatch that cannot.</summary>
internal sealed class WalkClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;
    private long _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _elapsed);

    /// <summary>Moves it; a second goes by in any case.</summary>
    public void Move(TimeSpan by)
    {
        Interlocked.Add(ref _ticks, by.Ticks);
        Interlocked.Add(ref _elapsed, Math.Max(by.Ticks, TimeSpan.TicksPerSecond));
    }

    /// <summary>Lets a second go by that the wall clock does not show.</summary>
    public void Tick() => Interlocked.Add(ref _elapsed, TimeSpan.TicksPerSecond);
}

/// <summary>What a walk meets.</summary>
internal sealed record WalkScope
{
    public bool Disk { get; init; } = true;

    public int Instances { get; init; } = 1;

    public bool Types { get; init; } = true;

    public bool Weekly { get; init; } = true;

    public bool Clears { get; init; } = true;

    public bool Actions { get; init; } = true;

    public bool LateRescaling { get; init; } = true;

    public bool Corrections { get; init; } = true;

    public bool Voids { get; init; } = true;

    public bool Currency { get; init; } = true;

    public bool Failures { get; init; } = true;

    public bool Archives { get; init; } = true;

    public bool ClockBack { get; init; } = true;

    public bool SmallMemory { get; init; } = true;
}
