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

    /// <summary>Damaged or foreign files met and put aside.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Operations that the file system refused.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Counts a damaged or foreign file.</summary>
    public void CountDamage(string kind, string path)
    {
        Interlocked.Increment(ref _damaged);
        WarnOnce(kind, $"The cache file '{path}' is {kind}; it was put aside and its rows will be fetched again. Further files of this kind are only counted.");
    }

    /// <summary>Counts an operation that failed.</summary>
    public void CountFailure(string path, Exception error)
    {
        Interlocked.Increment(ref _failures);
        WarnOnce(error.GetType().Name, $"The cache at '{path}' cannot be used at present: {error.Message} Requests go on without it.");
    }

    /// <summary>Forgets which warnings were given, so that a fault that comes back is told again.</summary>
    public void Rearm() => _warned.Clear();

    private void WarnOnce(string kind, string message)
    {
        if (_warned.TryAdd(kind, true))
        {
            Warning?.Invoke(message);
        }
    }
}
