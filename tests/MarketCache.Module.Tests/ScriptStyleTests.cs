using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace MarketCache.Module.Tests;

/// <summary>What Script Analyzer would say, by PowerShell's own parser: for every script of the project and every example in the docs.</summary>
public sealed partial class ScriptStyleTests : IClassFixture<ScriptStyleTests.Commands>
{
    // Words of Pester and of the language's own filters, which read better by position.
    private static readonly HashSet<string> ByPosition = new(StringComparer.OrdinalIgnoreCase)
    {
        "Describe", "Context", "It", "Should", "BeforeAll", "BeforeEach", "AfterAll", "AfterEach", "BeforeDiscovery", "Where-Object", "ForEach-Object",
    };

    private static readonly HashSet<string> Forbidden = new(StringComparer.OrdinalIgnoreCase)
    {
        "Write-Host", "Invoke-Expression", "Get-WmiObject", "ConvertTo-SecureString",
    };

    private static readonly HashSet<string> Verbs = new(
        typeof(VerbsCommon).Assembly.ExportedTypes
            .Where(type => type.Name.StartsWith("Verbs", StringComparison.Ordinal) && type.IsAbstract && type.IsSealed)
            .SelectMany(type => type.GetFields())
            .Select(field => (string)field.GetRawConstantValue()!),
        StringComparer.OrdinalIgnoreCase);

    private readonly Commands _commands;

    public ScriptStyleTests(Commands commands) => _commands = commands;

    public static TheoryData<string> Scripts => new(Files("*.ps1", "*.psm1", "*.psd1").Order(StringComparer.Ordinal));

    public static TheoryData<string> Pages => new(Files("*.md").Where(file => Blocks(file).Count > 0).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_keeps_the_rules(string file)
    {
        var ast = Parse(File.ReadAllText(Path.Combine(Checkout.Root, file)), file);
        var complaints = Complaints(ast).Concat(PositionalComplaints(ast)).ToList();
        if (file.EndsWith(".ps1", StringComparison.Ordinal) && !file.StartsWith("tests/", StringComparison.Ordinal) && ast.ParamBlock?.Attributes.Any(a => a.TypeName.Name == "CmdletBinding") == false)
        {
            complaints.Add("its parameters have no CmdletBinding");
        }

        Assert.Empty(complaints);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Examples_in_the_docs_parse_and_use_no_aliases(string file)
    {
        Assert.Empty(Blocks(file).SelectMany(block => Complaints(Parse(block, file))));
    }

    [Theory]
    [InlineData("gci | % { $_ }", "gci")]
    [InlineData("Write-Host 'x'", "Write-Host")]
    [InlineData("function Fetch-Thing { }", "Fetch")]
    [InlineData("if ($x -eq $null) { }", "$null")]
    [InlineData("try { 1 } catch { }", "catch")]
    [InlineData("$global:x = 1", "global")]
    public void The_rules_find_what_they_forbid(string script, string complaint)
    {
        Assert.Contains(Complaints(Parse(script, "test")), found => found.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_arguments_without_names_are_one_too_many()
    {
        Assert.Empty(PositionalComplaints(Parse("Get-MarketData AAPL -DataType OHLCV -AsSeries", "test")));
        Assert.Single(PositionalComplaints(Parse("Get-MarketData AAPL OHLCV", "test")));
    }

    private static ScriptBlockAst Parse(string text, string file)
    {
        var ast = Parser.ParseInput(text, out _, out var errors);
        Assert.True(errors.Length == 0, $"{file}: {string.Join("; ", errors.Select(e => e.Message))}");
        return ast;
    }

    private static IEnumerable<string> Files(params string[] patterns) => patterns
        .SelectMany(pattern => Directory.EnumerateFiles(Checkout.Root, pattern, SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Checkout.Root, file).Replace('\\', '/'))
        .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "artifacts" or "TestResults" or ".git"));

    private static List<string> Blocks(string file) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Checkout.Root, file)).ReplaceLineEndings("\n")).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("^ *```powershell\n(.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    private IEnumerable<string> Complaints(ScriptBlockAst ast)
    {
        foreach (var found in ast.FindAll(_ => true, searchNestedScriptBlocks: true))
        {
            var complaint = found switch
            {
                CommandAst command when command.GetCommandName() is { } name && _commands.Aliases.Contains(name) => $"{name} is an alias",
                CommandAst command when command.GetCommandName() is { } name && Forbidden.Contains(name) => $"{name} is not used here",
                FunctionDefinitionAst function when function.Name.Contains('-', StringComparison.Ordinal) && !Verbs.Contains(function.Name.Split('-')[0]) => $"{function.Name}: the verb is not approved",
                BinaryExpressionAst { Operator: TokenKind.Ieq or TokenKind.Ine, Right: VariableExpressionAst { VariablePath.UserPath: "null" } } => "$null belongs on the left of a comparison",
                CatchClauseAst { Body.Statements.Count: 0 } => "an empty catch block",
                VariableExpressionAst { VariablePath.IsGlobal: true, VariablePath.UserPath: var path } => $"${path} is global",
                _ => null,
            };
            if (complaint is not null)
            {
                yield return $"line {found.Extent.StartLineNumber}: {complaint}";
            }
        }
    }

    private IEnumerable<string> PositionalComplaints(ScriptBlockAst ast)
    {
        foreach (var command in ast.FindAll(a => a is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (command.GetCommandName() is { } name && name.Contains('-', StringComparison.Ordinal) && !ByPosition.Contains(name) && Positional(command, name) > 1)
            {
                yield return $"line {command.Extent.StartLineNumber}: {name} has arguments without names";
            }
        }
    }

    private int Positional(CommandAst command, string name)
    {
        var switches = _commands.SwitchesOf(name);
        var count = 0;
        for (var i = 1; i < command.CommandElements.Count; i++)
        {
            if (command.CommandElements[i] is not CommandParameterAst parameter)
            {
                count += command.CommandElements[i] is VariableExpressionAst { Splatted: true } ? 0 : 1;
            }
            else if (parameter.Argument is null && !switches.Contains(parameter.ParameterName))
            {
                i++;
            }
        }

        return count;
    }

    /// <summary>What a session with the module knows of commands.</summary>
    public sealed class Commands : IDisposable
    {
        private readonly ModuleRunspace _session = new();
        private readonly Dictionary<string, HashSet<string>> _switches = new(StringComparer.OrdinalIgnoreCase);

        public Commands() => Aliases = Names("$ExecutionContext.InvokeCommand.GetCommands('*', 'Alias', $true) | ForEach-Object Name");

        internal HashSet<string> Aliases { get; }

        public void Dispose() => _session.Dispose();

        internal HashSet<string> SwitchesOf(string command)
        {
            if (!_switches.TryGetValue(command, out var switches))
            {
                _switches[command] = switches = Names("param($Name) (Get-Command $Name -ErrorAction Ignore).Parameters.Values | Where-Object { $_.SwitchParameter } | ForEach-Object Name", command);
            }

            return switches;
        }

        private HashSet<string> Names(string script, params object[] arguments) =>
            _session.Get(script, arguments).Select(name => name.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
