using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MarketCache.Engine.Configuration;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes an argument from a list of names: those that begin with what was typed, then those that contain it.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private protected NameCompleter()
    {
    }

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        IReadOnlyList<Candidate> candidates;
        try
        {
            candidates = Candidates();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Pressing Tab must never show an error.
            yield break;
        }

        foreach (var candidate in candidates.Where(c => c.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Concat(
            candidates.Where(c => c.Name.IndexOf(word, StringComparison.OrdinalIgnoreCase) > 0)))
        {
            yield return new CompletionResult(Quote(candidate.Name), candidate.Name, CompletionResultType.ParameterValue, candidate.ToolTip);
        }
    }

    /// <summary>The names, in the order in which they are offered.</summary>
    private protected abstract IReadOnlyList<Candidate> Candidates();

    private static string Quote(string name)
    {
        foreach (var character in name)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('_' or '-' or '.'))
            {
                return "'" + name.Replace("'", "''", StringComparison.Ordinal) + "'";
            }
        }

        return name;
    }

    /// <summary>A name on offer.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="ToolTip">What is said about it.</param>
    private protected sealed record Candidate(string Name, string ToolTip);
}

/// <summary>Completes tickers that are cached, in memory or on disk; of a large folder those that a moment's reading finds.</summary>
public sealed class CachedTickerCompleter : NameCompleter
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(300);

    private protected override IReadOnlyList<Candidate> Candidates()
    {
        var cache = SessionCache.Open(out _);
        var tickers = new SortedSet<string>(cache.TickersInMemory, StringComparer.OrdinalIgnoreCase);
        long began = 0;
        foreach (var entry in cache.Entries(new CacheFilter()))
        {
            if (entry.Ticker is not null)
            {
                tickers.Add(entry.Ticker);
            }

            // The moment begins with the first entry: in a fresh process the engine has to start before it.
            began = began == 0 ? SessionCache.Time.GetTimestamp() : began;
            if (SessionCache.Time.GetElapsedTime(began) > Moment)
            {
                break;
            }
        }

        return [.. tickers.Select(ticker => new Candidate(ticker, ticker))];
    }
}

/// <summary>Completes trading calendars.</summary>
public sealed class CalendarCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Sessions.Calendars.Select(name => new Candidate(name, name))];
}

/// <summary>Completes data types.</summary>
public sealed class DataTypeCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).DataTypes.All.Select(type => new Candidate(type.Name, type.Description))];
}

/// <summary>Completes frequencies.</summary>
public sealed class FrequencyCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. Frequency.All.Select(frequency => new Candidate(frequency.Name, frequency.Name))];
}

/// <summary>Completes periods.</summary>
public sealed class PeriodCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
    [
        new("30d", "The last 30 calendar days"),
        new("6mo", "The last six months"),
        new("1y", "The last year"),
        new("5y", "The last five years"),
        new("ytd", "Since 1 January"),
        new("max", "Everything"),
    ];
}

/// <summary>Completes providers.</summary>
public sealed class ProviderCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Providers.Names.Select(name => new Candidate(name, name))];
}

/// <summary>Completes the built-in types of providers.</summary>
public sealed class ProviderTypeCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. SessionCache.Open(out _).Providers.Types.Select(type => new Candidate(type.Name, type.Description))];
}

/// <summary>Completes configuration keys.</summary>
public sealed class SettingCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
        [.. ConfigurationKeys.All.Where(key => !key.IsPattern).Select(key => new Candidate(key.Name, key.Description))];
}

/// <summary>Completes the value of the configuration key given: true and false, what there is to choose from, or the shipped value to start from; paths are left to PowerShell.</summary>
public sealed class SettingValueCompleter : IArgumentCompleter
{
    private const string TrueOrFalse = "true or false";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var name = fakeBoundParameters?["Key"]?.ToString();
        var key = name is null ? null : ConfigurationKeys.Find(name);
        var word = (wordToComplete ?? string.Empty).Trim('\'', '"');
        if (key is null)
        {
            yield break;
        }

        foreach (var value in Values(key).Where(value => value.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
        {
            yield return new CompletionResult(value, value, CompletionResultType.ParameterValue, key.Description);
        }
    }

    private static IReadOnlyList<string> Values(ConfigurationKey key) => key switch
    {
        { Type: TrueOrFalse } => ["true", "false"],
        { Choices.Count: > 0 } => key.Choices,
        { Default: int or long or double } => [SettingText.From(key.Default)],
        _ => [],
    };
}

/// <summary>Completes stretches of time that end now.</summary>
public sealed class SinceCompleter : NameCompleter
{
    private protected override IReadOnlyList<Candidate> Candidates() =>
    [
        new("1h", "The last hour"),
        new("24h", "The last 24 hours"),
        new("7d", "The last seven days"),
        new("30d", "The last 30 days"),
        new("6mo", "The last six months"),
        new("all", "Everything that was counted"),
    ];
}
