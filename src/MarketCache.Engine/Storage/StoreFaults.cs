using System.Collections.Concurrent;

namespace MarketCache.Engine.Storage;

/// <summary>
/// Counts what went wrong in a store and warns once of each kind; again only of a fault that was gone and is back, and not more
/// than once an hour.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class StoreFaults(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (long Outage, long At)> _warned = new(StringComparer.Ordinal);
    private volatile bool _works = true;
    private long _outage;
    private long _damaged;
    private long _failures;

    /// <summary>How long a fault that comes and goes is not told again.</summary>
    public static TimeSpan WarnAgainAfter { get; } = TimeSpan.FromHours(1);

    /// <summary>Receives one message for each kind of fault.</summary>
    public event Action<string>? Warning;

    /// <summary>Receives the kind of each fault as it is counted: <c>damaged_file</c>, <c>io</c>, <c>busy</c> and so on. May be raised by any thread.</summary>
    public event Action<string>? Counted;

    /// <summary>Damaged or foreign files met and put aside.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Operations that the file system refused.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Counts a damaged or foreign file.</summary>
    public void CountDamage(string kind, string path)
    {
        Interlocked.Increment(ref _damaged);
        Counted?.Invoke(kind switch
        {
            "a link" => "linked_file",
            "foreign" => "foreign_file",
            _ => "damaged_file",
        });
        WarnOnce(kind, $"The cache file '{path}' is {kind}; it was put aside and its rows will be fetched again. Further files of this kind are only counted.");
    }

    /// <summary>Counts an operation that failed.</summary>
    public void CountFailure(string path, Exception error)
    {
        Interlocked.Increment(ref _failures);
        if (_works)
        {
            _works = false;
            Interlocked.Increment(ref _outage);
        }

        Counted?.Invoke(error is CacheStoreException store ? NameOf(store.Fault) : "io");
        WarnOnce(error.GetType().Name, $"The cache at '{path}' cannot be used at present: {error.Message} Requests go on without it.");
    }

    /// <summary>Notes that the folder could be written: what fails from now on is another fault.</summary>
    public void NoteSuccess()
    {
        if (!_works)
        {
            _works = true;
        }
    }

    private static string NameOf(CacheStoreFault fault) => fault switch
    {
        CacheStoreFault.Unusable => "unusable",
        CacheStoreFault.NewerFormat => "newer_format",
        CacheStoreFault.Busy => "busy",
        CacheStoreFault.Stalled => "stalled",
        CacheStoreFault.NoRoom => "no_room",
        CacheStoreFault.ObjectMissing => "object_missing",
        _ => "io",
    };

    private void WarnOnce(string kind, string message)
    {
        var news = (Outage: Interlocked.Read(ref _outage), At: time.GetTimestamp());
        var isNews = _warned.TryGetValue(kind, out var last)
            ? last.Outage != news.Outage && time.GetElapsedTime(last.At, news.At) >= WarnAgainAfter && _warned.TryUpdate(kind, news, last)
            : _warned.TryAdd(kind, news);
        if (isNews)
        {
            Warning?.Invoke(message);
        }
    }
}
