namespace MarketCache.Module.Tests;

/// <summary>How a shell process ended.</summary>
internal sealed record ShellProcessResult(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines written to stdout, without empty ones.</summary>
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
