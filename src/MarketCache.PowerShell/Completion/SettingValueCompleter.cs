using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MarketCache.Engine.Configuration;
using MarketCache.PowerShell.Parameters;

namespace MarketCache.PowerShell.Completion;

/// <summary>Completes the value of the configuration key given: true and false, or the shipped value to start from; paths are left to PowerShell.</summary>
public sealed class SettingValueCompleter : IArgumentCompleter
{
    private const string TrueOrFalse = "true or false";

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var name = fakeBoundParameters?["Key"]?.ToString();
        var key = ConfigurationKeys.All.FirstOrDefault(k => string.Equals(k.Name, name, StringComparison.OrdinalIgnoreCase));
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
        { Default: int or long or double } => [SettingText.From(key.Default)],
        _ => [],
    };
}
