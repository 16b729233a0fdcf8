using MarketCache.Engine.Clocks;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// Counts that survive the process: written every ten seconds while something was counted, and at the end, to a file of
/// this process's own; read as the sum over all processes and days.
/// </summary>
/// <remarks>
/// A crash loses at most the last ten seconds. A folder that cannot be written costs nothing but the counts: they are kept
/// in memory and written when it can be again. No member throws for the file system's sake.
/// </remarks>
internal sealed class PersistedCounters : IDisposable
{
    /// <summary>How often counts are written.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(10);

    private const int FlushesPerFold = 60;
    private const int ManyFiles = 16;
    private const int MaxUnwrittenDays = 7;

    private readonly string _id = Guid.NewGuid().ToString("N")[..16];
    private readonly object _gate = new();
    private readonly CounterFolder _folder;
    private readonly TimeProvider _time;
    private readonly CacheMetrics? _source;
    private readonly IBoundedFolder? _bounded;
    private readonly ITimer? _timer;
    private readonly List<Part> _parts = [];

    private readonly CounterSet _seen = new();
    private FileStream? _live;
    private int _partNumber;
    private int _flushes;
    private long _faults;
    private bool _isDisposed;

    private PersistedCounters(string directory, TimeProvider time, CacheMetrics? source, IBoundedFolder? bounded, bool goesOn)
    {
        _bounded = bounded;
        _folder = new CounterFolder(directory);
        _time = time;
        _source = source;
        if (source is null)
        {
            return;
        }

        if (goesOn)
        {
            _ = _seen.Advance(source.Counters());
        }

        // A script that ends without disposing of the cache still leaves its counts.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        _timer = time.CreateDetachedTimer(static state => ((PersistedCounters)state!).OnTimer(), this, FlushInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Damaged or foreign files met and left out.</summary>
    public int DamagedFiles => _folder.DamagedFiles;

    /// <summary>Times that counts could not be written or read; those not written are kept and written later.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>Opens the counters of a folder. Touches no file.</summary>
    /// <param name="directory">The folder, made when something is first written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="source">Whose counts to persist; null to read only.</param>
    /// <param name="bounded">The folder as its owner lets it be used, bounded in time; null to go by the folder alone.</param>
    /// <param name="goesOn">Whether what the source has counted so far is persisted already.</param>
    public static PersistedCounters Open(
        string directory, TimeProvider time, CacheMetrics? source = null, IBoundedFolder? bounded = null, bool goesOn = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentNullException.ThrowIfNull(time);
        return new PersistedCounters(directory, time, source, bounded, goesOn);
    }

    /// <summary>What the cache has done since a moment, in this and all other processes.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public MarketCacheStatistics Statistics(DateTime since)
    {
        var hours = Hours(since);
        var counters = Total(hours.Values);
        var typical = counters.Sum("provider.", ".calls") == 0 && counters.Sum("provider.", ".avoided") > 0
            ? CounterStatistics.MeanCallTime(Total(Hours(DateTime.MinValue).Values))
            : null;
        var first = hours.Count == 0 ? HourOf(since) : hours.Keys.First();
        return CounterStatistics.Of(counters, first, typical);
    }

    /// <summary>The counters themselves since a moment, for breakdowns by data type and provider.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public CounterSet Totals(DateTime since) => Total(Hours(since).Values);

    /// <summary>The counters by hour since a moment, in this and all other processes; hours without counts are left out.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public IEnumerable<KeyValuePair<DateTime, CounterSet>> ByHour(DateTime since) => Hours(since);

    /// <summary>The counters since counting began, also of days that are no longer kept one by one: they never fall.</summary>
    public CounterSet Lifetime()
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                FlushHeld();
            }

            var total = TryGet(_folder.ReadAll, new CounterSet());
            var unwritten = new SortedDictionary<DateTime, CounterSet>();
            foreach (var part in _parts.Where(p => p.IsDirty))
            {
                part.AddUnwrittenTo(unwritten);
            }

            total.Add(Total(unwritten.Values));
            return total;
        }
    }

    /// <summary>How long a provider call takes, from all sessions there were; null if there was none.</summary>
    public TimeSpan? TypicalCallTime() => CounterStatistics.MeanCallTime(Totals(DateTime.MinValue));

    /// <summary>What the cache has done by hour or day, in this and all other processes; intervals without counts are left out.</summary>
    /// <param name="since">From when, UTC; taken down to the interval.</param>
    /// <param name="byDay">Whether by day (UTC) rather than by hour.</param>
    public IReadOnlyList<StatisticsInterval> Series(DateTime since, bool byDay) => Series(since, byDay ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1));

    /// <summary>What the cache has done by intervals of one length, in this and all other processes; those without counts are left out.</summary>
    /// <param name="since">From when, UTC; taken down to the interval.</param>
    /// <param name="length">Whole hours; seven days are weeks from Monday on.</param>
    public IReadOnlyList<StatisticsInterval> Series(DateTime since, TimeSpan length) =>
    [
        .. Hours(StartOf(since, length))
            .GroupBy(h => StartOf(h.Key, length), h => h.Value)
            .Select(interval =>
            {
                var counters = Total(interval);
                return new StatisticsInterval
                {
                    Start = interval.Key,
                    Length = length,
                    Statistics = CounterStatistics.Of(counters, interval.Key),
                    Latency = Enum.GetValues<AnswerSource>()
                        .Select(s => (Source: s, Times: counters.ResponseTimes(CounterNames.Answers(s))))
                        .Where(l => l.Times.Count > 0)
                        .ToDictionary(l => l.Source, l => l.Times),
                };
            }),
    ];

    /// <summary>Writes what was counted since the last time.</summary>
    /// <returns>Whether everything counted is now in files.</returns>
    public bool Flush()
    {
        lock (_gate)
        {
            return _isDisposed || FlushHeld();
        }
    }

    /// <summary>Folds the files of processes that have gone into one file per day.</summary>
    public void Fold() => Try(() => _folder.Fold(_id));

    /// <summary>Writes what is left and stops counting.</summary>
    public void Dispose()
    {
        End(isCrash: false);
    }

    /// <summary>Ends like a process that dies: nothing more is written, its lock goes.</summary>
    internal void Crash() => End(isCrash: true);

    private static DateTime HourOf(DateTime time) => StartOf(time, TimeSpan.FromHours(1));

    // The first day of the calendar was a Monday.
    private static DateTime StartOf(DateTime time, TimeSpan length) => new(time.Ticks - (time.Ticks % length.Ticks), DateTimeKind.Utc);

    private static CounterSet Total(IEnumerable<CounterSet> sets)
    {
        var total = new CounterSet();
        foreach (var set in sets)
        {
            total.Add(set);
        }

        return total;
    }

    private void End(bool isCrash)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (!isCrash)
            {
                FlushHeld();
            }

            _isDisposed = true;
            if (isCrash)
            {
                _live?.Dispose();
            }
            else if (_live is { } live)
            {
                Try(() => _folder.ReleaseLive(_id, live));
            }
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _timer?.Dispose();
        if (!isCrash && _source is not null && TryGet(_folder.ProcessFiles, []).Count >= ManyFiles)
        {
            Fold();
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Guard(() => Flush());

    private void OnTimer() => Guard(() =>
    {
        Flush();
        if (_flushes++ % FlushesPerFold == 0)
        {
            Fold();
        }

        // Set again each time: a clock that leaps needs one flush, not one for every interval it leapt over.
        _timer?.Change(FlushInterval, Timeout.InfiniteTimeSpan);
    });

    /// <summary>Runs what nobody is there to catch the failure of: an exception on a timer's thread would end the process.</summary>
    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _faults);
        }
    }

    private bool FlushHeld()
    {
        if (_source is null)
        {
            return true;
        }

        Count();
        return _parts.TrueForAll(p => !p.IsDirty) || Try(WriteParts);
    }

    /// <summary>Assigns what was counted since the last time to the current hour.</summary>
    private void Count()
    {
        var delta = _seen.Advance(_source!.Counters());
        if (delta.IsEmpty)
        {
            return;
        }

        var now = _time.GetUtcNow().UtcDateTime;
        var day = DateOnly.FromDateTime(now);
        if (_parts.Count == 0 || _parts[^1].File.Day != day)
        {
            if (_parts.Count > 0)
            {
                _parts[^1].File.IsClosed = true;
                _parts[^1].IsDirty = true;
            }

            _parts.Add(NewPart(day));
            if (_parts.Count > MaxUnwrittenDays)
            {
                _parts.RemoveAt(0);
            }
        }

        _parts[^1].Add(now.Hour, delta);
    }

    private Part NewPart(DateOnly day) => new(CounterFolder.NameOf(_id, day, _partNumber++), day);

    private void WriteParts()
    {
        if (_live is null || !_folder.HasLive(_id))
        {
            _live?.Dispose();
            _live = null;
            _live = _folder.LockLive(_id);
        }

        for (var i = 0; i < _parts.Count; i++)
        {
            if (!_parts[i].IsDirty)
            {
                continue;
            }

            if (_parts[i].IsWritten && !_folder.Exists(_parts[i].Name))
            {
                // Folded or removed under our feet: what was written is no longer ours to count.
                _parts[i] = _parts[i].Renew(NewPart(_parts[i].File.Day));
            }

            _folder.Write(_id, _parts[i].Name, _parts[i].File);
            _parts[i].MarkWritten();
        }

        _parts.RemoveAll(p => p.File.IsClosed);
    }

    private SortedDictionary<DateTime, CounterSet> Hours(DateTime since)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                FlushHeld();
            }

            var first = HourOf(since);
            var hours = TryGet(() => _folder.Read(DateOnly.FromDateTime(first)), []);
            foreach (var part in _parts.Where(p => p.IsDirty))
            {
                part.AddUnwrittenTo(hours);
            }

            foreach (var hour in hours.Keys.TakeWhile(h => h < first).ToList())
            {
                hours.Remove(hour);
            }

            return hours;
        }
    }

    private bool Try(Action action) => TryGet(
        () =>
        {
            action();
            return true;
        },
        false);

    private T TryGet<T>(Func<T> action, T otherwise)
    {
        try
        {
            return _bounded is null ? action() : _bounded.Use(action);
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            Interlocked.Increment(ref _faults);
            return otherwise;
        }
    }

    /// <summary>A file of this process, and what of it is not on disk yet.</summary>
    private sealed class Part(string name, DateOnly day)
    {
        private CounterFile _unwritten = new(day);

        public string Name { get; } = name;

        public CounterFile File { get; } = new(day);

        public bool IsDirty { get; set; }

        public bool IsWritten { get; private set; }

        public void Add(int hour, CounterSet counts)
        {
            File.Add(hour, counts);
            _unwritten.Add(hour, counts);
            IsDirty = true;
        }

        public void MarkWritten()
        {
            IsDirty = false;
            IsWritten = true;
            _unwritten = new CounterFile(File.Day);
        }

        public Part Renew(Part next)
        {
            next.File.IsClosed = File.IsClosed;
            foreach (var (hour, counts) in _unwritten.Hours)
            {
                next.Add(hour, counts);
            }

            next.IsDirty = true;
            return next;
        }

        public void AddUnwrittenTo(SortedDictionary<DateTime, CounterSet> hours)
        {
            foreach (var (hour, counts) in _unwritten.Hours)
            {
                var start = File.Day.ToDateTime(new TimeOnly(hour, 0), DateTimeKind.Utc);
                if (!hours.TryGetValue(start, out var sum))
                {
                    hours.Add(start, sum = new CounterSet());
                }

                sum.Add(counts);
            }
        }
    }
}
