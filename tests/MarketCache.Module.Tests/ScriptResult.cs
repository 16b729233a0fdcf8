using System.Management.Automation;

namespace MarketCache.Module.Tests;

/// <summary>What a script wrote, stream by stream.</summary>
internal sealed record ScriptResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    Exception? Thrown)
{
    /// <summary>The only error record, whether written or thrown.</summary>
    public ErrorRecord Error => Thrown is RuntimeException e ? e.ErrorRecord : Assert.Single(Errors);

    public void AssertNoErrors()
    {
        Assert.Null(Thrown);
        Assert.Empty(Errors.Select(e => $"{e.FullyQualifiedErrorId}: {e}"));
    }
}
