using System.Collections.Concurrent;
using System.Management.Automation;
using MarketCache.Engine;
using MarketCache.Engine.Configuration;
using MarketCache.PowerShell.Errors;

namespace MarketCache.PowerShell.Session;

/// <summary>
/// The one cache of the process, shared by every runspace, thread job and <c>ForEach-Object -Parallel</c> worker. Opened at first
/// use, closed with the process; removing the module or a runspace leaves it as it is.
/// </summary>
internal static class SessionCache
{
    private static readonly object Gate = new();
    private static readonly ConcurrentQueue<string> Warnings = new();
    private static MarketDataCache? _cache;

    /// <summary>The clock of the session.</summary>
    internal static TimeProvider Time => TimeProvider.System;

    /// <summary>The cache if it is open.</summary>
    internal static MarketDataCache? Opened => Volatile.Read(ref _cache);

    /// <summary>The cache, opened if it is not yet open; tells the cmdlet's user of a wrong configuration and of what else there is to know.</summary>
    /// <param name="cmdlet">Who asks.</param>
    internal static MarketDataCache Get(Cmdlet cmdlet)
    {
        var cache = Open(out var problems);
        foreach (var problem in problems)
        {
            cmdlet.WriteError(problem);
        }

        WriteWarnings(cmdlet);
        return cache;
    }

    /// <summary>The cache, opened if it is not yet open.</summary>
    /// <param name="problems">What is wrong with the configuration; told once, to whoever opened it.</param>
    internal static MarketDataCache Open(out IReadOnlyList<ErrorRecord> problems)
    {
        problems = [];
        if (Opened is { } cache)
        {
            return cache;
        }

        lock (Gate)
        {
            if (_cache is null)
            {
                var options = Load(out problems);
                var opened = MarketDataCache.Open(options, Time);
                opened.Warning += Warnings.Enqueue;
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => Close();
                Volatile.Write(ref _cache, opened);
            }

            return _cache;
        }
    }

    /// <summary>Writes what users should know that belongs to no single answer, each once.</summary>
    /// <param name="cmdlet">Whose warning stream is used.</param>
    internal static void WriteWarnings(Cmdlet cmdlet)
    {
        while (Warnings.TryDequeue(out var warning))
        {
            cmdlet.WriteWarning(warning);
        }
    }

    private static MarketCacheOptions Load(out IReadOnlyList<ErrorRecord> problems)
    {
        problems = [];
        return MarketCacheOptions.Default;
    }

    private static void Close() => Opened?.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2));
}
