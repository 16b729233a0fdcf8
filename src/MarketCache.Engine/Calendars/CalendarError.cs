using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Calendars;

/// <summary>Errors in the rules of calendars; each names file, line, column and key.</summary>
internal static class CalendarError
{
    /// <summary>A value is not what it should be.</summary>
    /// <param name="node">The value.</param>
    /// <param name="expected">What should stand there, as a noun phrase.</param>
    /// <param name="nearest">The known name nearest to it; null for none.</param>
    public static ConfigurationException Wrong(DataNode node, string expected, string? nearest = null) =>
        new NodeReader(node.File).Wrong(node, node.Path, expected, nearest);

    /// <summary>A value or key has a specific problem.</summary>
    /// <param name="node">The value.</param>
    /// <param name="problem">What is wrong, as a clause.</param>
    /// <param name="expected">What should stand there, as a noun phrase; null if the problem says it.</param>
    /// <param name="nearest">The known name nearest to it; null for none.</param>
    public static ConfigurationException Refuse(DataNode node, string problem, string? expected = null, string? nearest = null) =>
        new(node.File, node.KeyLine, node.KeyColumn, node.Path, problem, expected, nearest);
}
