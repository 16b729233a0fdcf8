namespace MarketCache.Help;

/// <summary>A page of documentation is not as the build step needs it.</summary>
internal sealed class PageException(string page, string problem) : Exception($"{page}: {problem}");
