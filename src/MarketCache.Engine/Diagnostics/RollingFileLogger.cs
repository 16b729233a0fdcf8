using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// Writes events as lines: time in UTC, process id, level, category, event, message. What continues an event (an exception, a
/// line break in a message) is indented, so a line that begins with a time always begins an event.
/// </summary>
internal sealed class RollingFileLogger(string category, RollingFile file, LogLevel level, TimeProvider time) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= level && logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {Environment.ProcessId} ");
        text.Append(CultureInfo.InvariantCulture, $"{NameOf(logLevel)} {category}{(eventId.Name is null ? "" : " " + eventId.Name)}: ");
        AppendIndented(text, formatter(state, exception));
        if (exception is not null)
        {
            text.Append("\n    ");
            AppendIndented(text, exception.ToString());
        }

        text.Append('\n');
        file.Write(text.ToString());
    }

    private static void AppendIndented(StringBuilder text, string message)
    {
        foreach (var character in message.AsSpan().TrimEnd())
        {
            if (character == '\n')
            {
                text.Append("\n    ");
            }
            else if (!char.IsControl(character) || character == '\t')
            {
                text.Append(character);
            }
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
