using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace MarketCache.Shell;

/// <summary>Output on stdout; errors, warnings, verbose and debug messages on stderr; progress is not shown.</summary>
internal sealed class ShellUserInterface : PSHostUserInterface
{
    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUserInterface();

    /// <inheritdoc/>
    public override bool SupportsVirtualTerminal =>
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";

    /// <inheritdoc/>
    public override string ReadLine() => Console.ReadLine() ?? string.Empty;

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (var character in ReadLine())
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    /// <inheritdoc/>
    public override void Write(string value) => Console.Out.Write(Plain(value));

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Console.Out.Write(Plain(value));

    /// <inheritdoc/>
    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Console.Error.WriteLine(Plain(value));

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Console.Error.WriteLine("WARNING: " + message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Console.Error.WriteLine("VERBOSE: " + message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Console.Error.WriteLine("DEBUG: " + message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        WriteQuestion(caption, message);
        foreach (var field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteQuestion(caption, message);
        var labels = choices.Select(c => c.Label.Replace("&", string.Empty, StringComparison.Ordinal)).ToList();
        Write(string.Join("  ", labels.Select((label, i) => string.Create(CultureInfo.InvariantCulture, $"[{i + 1}] {label}"))) + ": ");
        var answer = ReadLine().Trim();
        var byName = answer.Length == 0 ? -1 : labels.FindIndex(label => label.StartsWith(answer, StringComparison.OrdinalIgnoreCase));
        return byName >= 0 ? byName
            : int.TryParse(answer, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= labels.Count ? number - 1
            : defaultChoice;
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("This shell asks for no credentials.");

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    private string Plain(string value) => GetOutputString(value, SupportsVirtualTerminal);

    private void WriteQuestion(string caption, string message)
    {
        foreach (var text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                WriteLine(text);
            }
        }
    }
}
