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
    private static MarketDataCache? _cache;

    /// <summary>The clock of the session.</summary>
    internal static TimeProvider Time => TimeProvider.System;

    /// <summary>The cache, opened if it is not yet open.</summary>
    /// <param name="cmdlet">Who asks: told of a wrong configuration by an error record.</param>
    internal static MarketDataCache Get(Cmdlet cmdlet)
    {
        var cache = Volatile.Read(ref _cache);
        if (cache is not null)
        {
            return cache;
        }

        ErrorRecord? problem = null;
        lock (Gate)
        {
            if (_cache is null)
            {
                var options = Load(out problem);
                _cache = MarketDataCache.Open(options, Time);
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => Close();
            }

            cache = _cache;
        }

        if (problem is not null)
        {
            cmdlet.WriteError(problem);
        }

        return cache;
    }

    private static MarketCacheOptions Load(out ErrorRecord? problem)
    {
        problem = null;
        return MarketCacheOptions.Default;
    }

    private static void Close() => Volatile.Read(ref _cache)?.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(2));
}
