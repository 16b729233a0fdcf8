using System.Collections.Concurrent;
using System.Management.Automation;
using System.Security;
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
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly object Gate = new();
    private static readonly ConcurrentQueue<string> Warnings = new();
    private static readonly ConcurrentDictionary<string, Action<ProviderDirectory>> Registrations = new(StringComparer.OrdinalIgnoreCase);
    private static readonly SessionSecrets Secrets = new(Time);
    private static MarketDataCache? _cache;
    private static LoadedConfiguration? _configuration;

    /// <summary>The clock of the session.</summary>
    internal static TimeProvider Time => TimeProvider.System;

    /// <summary>The cache if it is open.</summary>
    internal static MarketDataCache? Opened => Volatile.Read(ref _cache);

    /// <summary>The cache, opened if it is not open yet; warns the user about a wrong configuration and other problems.</summary>
    /// <param name="cmdlet">The calling cmdlet.</param>
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

    /// <summary>The configuration in force.</summary>
    /// <param name="cmdlet">The calling cmdlet.</param>
    internal static LoadedConfiguration Configuration(Cmdlet cmdlet)
    {
        _ = Get(cmdlet);
        return Volatile.Read(ref _configuration)!;
    }

    /// <summary>The cache, opened if it is not yet open.</summary>
    /// <param name="problems">Problems of the configuration, reported once to the cmdlet that opened the cache.</param>
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
                var loaded = ConfigurationLoader.LoadValid(Sources(), out var wrong);
                problems = [.. wrong.Select(ErrorRecords.Configuration)];
                Use(loaded);
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => Close();
            }

            return _cache!;
        }
    }

    /// <summary>
    /// Goes on with another configuration; requests under way end undisturbed. Where more has changed than may change live, the cache
    /// is reopened, and what was in memory is read from disk again.
    /// </summary>
    /// <param name="change">Gives the new configuration for the one in force.</param>
    /// <exception cref="MarketDataException">It is wrong; the one in force stays.</exception>
    internal static LoadedConfiguration Reconfigure(Func<LoadedConfiguration, LoadedConfiguration> change)
    {
        _ = Open(out _);
        lock (Gate)
        {
            var next = change(_configuration!);
            var previous = _cache!;
            if (next.DiffersLive(_configuration!))
            {
                previous.Change(next.Options);
                Warn(next);
                Volatile.Write(ref _configuration, next);
                return next;
            }

            Use(next);
            _ = Task.Delay(Grace).ContinueWith(_ => previous.DisposeAsync().AsTask(), TaskScheduler.Default);
            return next;
        }
    }

    /// <summary>Where configuration is looked for.</summary>
    internal static ConfigurationSources Sources() => ConfigurationSources.FromProcess(ShippedFile());

    /// <summary>Adds a provider for the lifetime of the process, even if the configuration changes.</summary>
    /// <param name="cmdlet">The calling cmdlet.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="settings">Its settings, or null.</param>
    internal static void Register(Cmdlet cmdlet, IMarketDataProvider provider, IReadOnlyDictionary<string, object>? settings) =>
        Register(cmdlet, provider.Name, providers => providers.Register(provider, settings), replaces: true);

    /// <summary>Configures a provider of a built-in type for the lifetime of the process, even if the configuration changes.</summary>
    /// <param name="cmdlet">The calling cmdlet.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type; null for the one it has, or its name.</param>
    /// <param name="settings">Settings beside those that it has, or null.</param>
    /// <param name="key">Its key, or null.</param>
    internal static void Register(Cmdlet cmdlet, string name, string? type, IReadOnlyDictionary<string, object>? settings, SecureString? key)
    {
        Register(cmdlet, name, providers => providers.Configure(name, type, settings), replaces: false);
        if (key is not null)
        {
            Secrets.Take(name, key);
        }
    }

    /// <summary>Removes a provider.</summary>
    /// <param name="cmdlet">The calling cmdlet.</param>
    /// <param name="name">Its name.</param>
    internal static void Unregister(Cmdlet cmdlet, string name)
    {
        Registrations.TryRemove(name, out _);
        Secrets.Forget(name);
        Get(cmdlet).Providers.Unregister(name);
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

    private static void Use(LoadedConfiguration configuration)
    {
        var cache = _cache?.Reopen(configuration.Options) ?? MarketDataCache.Open(configuration.Options, Time, secrets: Secrets);
        Secrets.ForgetVaults();
        cache.Warning += Warnings.Enqueue;
        Warn(configuration);
        foreach (var registration in Registrations.Values)
        {
            registration(cache.Providers);
        }

        Volatile.Write(ref _configuration, configuration);
        Volatile.Write(ref _cache, cache);
    }

    private static void Warn(LoadedConfiguration configuration)
    {
        // A change of one setting reads no file again.
        if (!ReferenceEquals(configuration.Warnings, _configuration?.Warnings))
        {
            foreach (var warning in configuration.Warnings)
            {
                Warnings.Enqueue(warning);
            }
        }
    }

    private static string? ShippedFile()
    {
        var bin = Path.GetDirectoryName(typeof(SessionCache).Assembly.Location);
        var file = bin is null ? null : Path.GetFullPath(Path.Combine(bin, "..", "..", "cache_config.yaml"));
        return File.Exists(file) ? file : null;
    }

    // Background refreshes have five seconds to end.
    private static void Close() => Opened?.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(7));

    /// <summary>Registers now, and again with each configuration to come; what sets up a provider that is set up already follows upon it.</summary>
    private static void Register(Cmdlet cmdlet, string name, Action<ProviderDirectory> registration, bool replaces)
    {
        registration(Get(cmdlet).Providers);
        Registrations.AddOrUpdate(name, registration, (_, earlier) => replaces ? registration : earlier + registration);
    }
}
