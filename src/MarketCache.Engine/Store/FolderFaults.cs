using System.Collections.Concurrent;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Store;

/// <summary>
/// Counts what went wrong in a cache folder. Warns once of each kind of damage and of changes left out, again after an hour at the
/// earliest; if the folder cannot be used at all, an exception is thrown, and the caller that continues without it reports it.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class FolderFaults(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _warned = new(StringComparer.Ordinal);
    private long _damaged;
    private long _failures;

    /// <summary>How long a kind of fault is not reported again.</summary>
    public static TimeSpan WarnAgainAfter { get; } = TimeSpan.FromHours(1);

    /// <summary>Receives one message for each kind of fault. May be raised by any thread.</summary>
    public event Action<string>? Warning;

    /// <summary>Receives the kind of each fault as it is counted: <c>damaged_file</c>, <c>foreign_file</c>, <c>io</c>, <c>busy</c>, <c>no_room</c> and so on. May be raised by any thread.</summary>
    public event Action<string>? Counted;

    /// <summary>Damaged or foreign files met and put aside.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Operations that failed or were left out.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Counts a damaged or foreign file.</summary>
    public void CountDamage(FileFinding kind, string path)
    {
        Interlocked.Increment(ref _damaged);
        (string name, string what) = kind switch
        {
            FileFinding.Stranger => ("foreign_file", "not a regular file"),
            FileFinding.Untrusted => ("untrusted_file", "owned or writable by another user"),
            _ => ("damaged_file", "damaged"),
        };
        Counted?.Invoke(name);
        WarnOnce(name, $"The cache file '{path}' is {what}. It was set aside, and its rows will be fetched again. Further files of this kind are only counted.");
    }

    /// <summary>Counts a failed operation; the caller gets the exception and reports it.</summary>
    public void CountFailure(string kind)
    {
        Interlocked.Increment(ref _failures);
        Counted?.Invoke(kind);
    }

    /// <summary>Counts a change that was left out, and warns about the first.</summary>
    public void CountLeftOut(string kind, string message)
    {
        CountFailure(kind);
        WarnOnce(kind, message);
    }

    /// <summary>Tells something once.</summary>
    public void WarnOnce(string kind, string message)
    {
        long now = time.GetTimestamp();
        bool isNews = _warned.TryGetValue(kind, out long last)
            ? time.GetElapsedTime(last, now) >= WarnAgainAfter && _warned.TryUpdate(kind, now, last)
            : _warned.TryAdd(kind, now);
        if (isNews)
        {
            Warning?.Invoke(message);
        }
    }
}
