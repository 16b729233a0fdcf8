using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

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
