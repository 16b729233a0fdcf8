namespace MarketCache.Pester;

/// <summary>A test as <c>Run.ps1</c> tells of it.</summary>
/// <param name="Name">The names of its blocks and its own.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">The line it begins at.</param>
/// <param name="Result">Pester's word for how it ended.</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="Message">What failed.</param>
/// <param name="Trace">Where it failed.</param>
internal sealed record PesterResult(string Name, string File, int Line, string Result, double Seconds, string Message, string Trace)
{
    /// <summary>The place by which Pester finds the test.</summary>
    public string Place => $"{File}:{Line}";
}
