using System.Management.Automation;

namespace MarketCache.Module.Tests;

public sealed class ManifestTests
{
    [Fact]
    public void The_manifest_exports_exactly_the_compiled_cmdlets()
    {
        using var session = new ModuleRunspace();
        var compiled = session.Get("[MarketCache.PowerShell.Commands.GetMarketDataCommand].Assembly.ExportedTypes")
            .Select(t => (Type)t.BaseObject)
            .Select(t => t.GetCustomAttributes(typeof(CmdletAttribute), false).OfType<CmdletAttribute>().FirstOrDefault())
            .Where(a => a is not null)
            .Select(a => $"{a!.VerbName}-{a.NounName}")
            .Order(StringComparer.Ordinal);

        var exported = session.Get("(Get-Module MarketCache).ExportedCommands.Keys").Select(k => (string)k.BaseObject).Order(StringComparer.Ordinal);
        var listed = session.Get("param($Path) (Test-ModuleManifest $Path).ExportedCmdlets.Keys", Checkout.Manifest);

        Assert.Equal(compiled, exported);
        Assert.Equal(compiled, listed.Select(k => (string)k.BaseObject).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_verb_is_approved()
    {
        using var session = new ModuleRunspace();
        var approved = typeof(VerbsCommon).Assembly.ExportedTypes
            .Where(t => t.Name.StartsWith("Verbs", StringComparison.Ordinal) && t.IsAbstract && t.IsSealed)
            .SelectMany(t => t.GetFields())
            .Select(f => (string)f.GetRawConstantValue()!)
            .ToHashSet(StringComparer.Ordinal);

        var verbs = session.Get("(Get-Command -Module MarketCache).Verb").Select(v => (string)v.BaseObject);

        Assert.All(verbs, verb => Assert.Contains(verb, approved));
    }

    [Fact]
    public void Every_cmdlet_that_changes_something_supports_WhatIf()
    {
        using var session = new ModuleRunspace();
        var changing = session.Get("Get-Command -Module MarketCache")
            .Select(c => (CmdletInfo)c.BaseObject)
            .Where(c => c.Verb is not ("Get" or "Test" or "Show" or "Export"));

        Assert.All(changing, c => Assert.True(c.Parameters.ContainsKey("WhatIf"), c.Name));
    }

    [Fact]
    public void Every_cmdlet_declares_its_output()
    {
        using var session = new ModuleRunspace();

        Assert.All(session.Get("Get-Command -Module MarketCache").Select(c => (CmdletInfo)c.BaseObject), c => Assert.NotEmpty(c.OutputType));
    }
}
