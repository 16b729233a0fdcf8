using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketCache.Engine.Diagnostics;

/// <summary>Loggers that write to one rolling file, which any number of processes may share.</summary>
internal sealed class RollingFileLoggerProvider : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, RollingFileLogger> _loggers = new(StringComparer.Ordinal);
    private readonly RollingFile _file;
    private readonly LogLevel _level;
    private readonly TimeProvider _time;

    /// <param name="path">The file.</param>
    /// <param name="options">Level, size and number of files.</param>
    /// <param name="time">The clock of the events.</param>
    public RollingFileLoggerProvider(string path, LogOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _file = new RollingFile(path, (long)(options.MaxSizeMb * 1024 * 1024), options.Files);
        _level = options.Level;
        _time = time;
    }

    /// <summary>Events that could not be written.</summary>
    public long Dropped => _file.Dropped;

    /// <summary>The log that a configuration asks for; one that writes nothing where it asks for none.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="time">The clock of the events.</param>
    public static ILoggerProvider Open(LogOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.File is { } path ? new RollingFileLoggerProvider(path, options, time) : NullLoggerProvider.Instance;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, name => new RollingFileLogger(name, _file, _level, _time));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
