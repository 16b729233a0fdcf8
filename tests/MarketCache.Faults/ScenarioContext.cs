using System.Diagnostics;
using System.Globalization;

namespace MarketCache.Faults;

/// <summary>What a scenario works with: its random numbers, its time, its folder, and where it writes what it saw.</summary>
internal sealed class ScenarioContext
{
    private const int MostReported = 20;
    private readonly object _gate = new();
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _broken = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _duration;
    private long _brokenCount;
    private long _checks;

    public ScenarioContext(int seed, TimeSpan duration, string folder)
    {
        Random = new Random(seed);
        Seed = seed;
        _duration = duration;
        Folder = folder;
    }

    /// <summary>The scenario's own seed.</summary>
    public int Seed { get; }

    /// <summary>Random numbers for the scenario's thread.</summary>
    public Random Random { get; }

    /// <summary>A folder of its own, not made yet.</summary>
    public string Folder { get; }

    /// <summary>Whether time is left.</summary>
    public bool GoesOn => Stopwatch.GetElapsedTime(_start) < _duration;

    /// <summary>Time since the scenario began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Time the scenario has.</summary>
    public TimeSpan Duration => _duration;

    /// <summary>Things looked at.</summary>
    public long Checks => Interlocked.Read(ref _checks);

    /// <summary>Promises found broken.</summary>
    public long Broken => Interlocked.Read(ref _brokenCount);

    /// <summary>The first of them, in words.</summary>
    public IReadOnlyList<string> Reports
    {
        get
        {
            lock (_gate)
            {
                return [.. _broken];
            }
        }
    }

    /// <summary>Counts things done or met.</summary>
    public void Count(string what, long number = 1)
    {
        lock (_gate)
        {
            _counts[what] = _counts.GetValueOrDefault(what) + number;
        }
    }

    /// <summary>Keeps the largest of a figure.</summary>
    public void Most(string what, long number)
    {
        lock (_gate)
        {
            _counts[what] = Math.Max(_counts.GetValueOrDefault(what), number);
        }
    }

    /// <summary>Checks a promise.</summary>
    public void Check(bool kept, Func<string> whatBroke)
    {
        Interlocked.Increment(ref _checks);
        if (!kept)
        {
            Break(whatBroke());
        }
    }

    /// <summary>Counts checks made elsewhere.</summary>
    public void CountChecks(long number) => Interlocked.Add(ref _checks, number);

    /// <summary>Reports a broken promise.</summary>
    public void Break(string what)
    {
        Interlocked.Increment(ref _brokenCount);
        lock (_gate)
        {
            if (_broken.Count < MostReported)
            {
                _broken.Add(what);
            }
        }
    }

    /// <summary>The counts as text.</summary>
    public string Details()
    {
        lock (_gate)
        {
            return string.Join(", ", _counts.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value:N0} {pair.Key}")));
        }
    }
}
