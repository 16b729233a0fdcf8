using System.Collections.Concurrent;

namespace MarketCache.Engine.Storage;

/// <summary>Counts what went wrong in a store and warns once of each kind.</summary>
internal sealed class StoreFaults
{
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);
    private long _damaged;
    private long _failures;

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
        Counted?.Invoke(error is CacheStoreException store ? NameOf(store.Fault) : "io");
        WarnOnce(error.GetType().Name, $"The cache at '{path}' cannot be used at present: {error.Message} Requests go on without it.");
    }

    /// <summary>Forgets which warnings were given, so that a fault that comes back is told again.</summary>
    public void Rearm() => _warned.Clear();

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
        if (_warned.TryAdd(kind, true))
        {
            Warning?.Invoke(message);
        }
    }
}
