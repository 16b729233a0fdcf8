namespace MarketCache.Help;

/// <summary>An example of a cmdlet's page.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">The commands.</param>
/// <param name="Remarks">What is said about it.</param>
internal sealed record CmdletExample(string Title, string Code, IReadOnlyList<string> Remarks);
