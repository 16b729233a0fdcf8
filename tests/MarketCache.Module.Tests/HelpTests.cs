using System.Management.Automation;

namespace MarketCache.Module.Tests;

public sealed class HelpTests
{
    [Fact]
    public void Every_cmdlet_has_a_synopsis_a_description_and_two_examples()
    {
        using var session = new ModuleRunspace();

        Assert.All(session.Get("(Get-Command -Module MarketCache).Name"), name =>
        {
            var help = Assert.Single(session.Get("param($Name) Get-Help $Name", name.BaseObject));
            var synopsis = (string)help.Properties["Synopsis"].Value;
            Assert.False(string.IsNullOrWhiteSpace(synopsis), $"{name}: no synopsis");
            Assert.DoesNotContain("[<CommonParameters>]", synopsis, StringComparison.Ordinal);
            Assert.NotEmpty(session.Get("param($Name) (Get-Help $Name).description", name.BaseObject));
            var examples = session.Get("param($Name) (Get-Help $Name).examples.example", name.BaseObject);
            Assert.True(examples.Count >= 2, $"{name}: {examples.Count} examples");
        });
    }

    [Fact]
    public void Every_parameter_is_described()
    {
        using var session = new ModuleRunspace();

        Assert.All(session.Get("Get-Command -Module MarketCache").Select(c => (CmdletInfo)c.BaseObject), cmdlet =>
        {
            var described = session.Get("param($Name) (Get-Help $Name).parameters.parameter | Where-Object { $_.description } | ForEach-Object name", cmdlet.Name)
                .Select(p => p.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var own = cmdlet.Parameters.Keys.Where(p => !Cmdlet.CommonParameters.Contains(p));
            Assert.All(own, parameter => Assert.Contains(parameter, described));
        });
    }

    [Fact]
    public void Every_example_parses_and_names_only_parameters_that_exist()
    {
        using var session = new ModuleRunspace();

        var wrong = session.Get("""
            $names = (Get-Command -Module MarketCache).Name
            foreach ($name in $names) {
                foreach ($example in (Get-Help $name).examples.example) {
                    $problems = $null
                    $ast = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems)
                    foreach ($problem in $problems) { "${name}: $problem" }
                    foreach ($command in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                        $called = $command.GetCommandName()
                        if ($called -notin $names) { continue }
                        $known = (Get-Command $called).Parameters.Keys
                        foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                            if ($parameter.ParameterName -notin $known) { "${name}: $called has no -$($parameter.ParameterName)" }
                        }
                    }
                }
            }
            """);

        Assert.Empty(wrong.Select(w => w.ToString()));
    }

    [Theory]
    [InlineData("about_MarketCache")]
    [InlineData("about_MarketCache_Configuration")]
    [InlineData("about_MarketCache_Freshness")]
    public void About_topics_are_found(string topic)
    {
        using var session = new ModuleRunspace();

        Assert.Contains(topic, session.Get("param($Name) Get-Help $Name", topic)[0].ToString(), StringComparison.Ordinal);
    }
}
