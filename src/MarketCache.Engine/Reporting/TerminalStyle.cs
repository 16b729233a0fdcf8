namespace MarketCache.Engine.Reporting;

/// <summary>What a terminal can show.</summary>
public sealed record TerminalStyle
{
    /// <summary>Columns; taken as 50 at least and 160 at most.</summary>
    public int Width { get; init; } = 80;

    /// <summary>Whether it knows escape sequences for colours, and its user wants them.</summary>
    public bool Color { get; init; }

    /// <summary>Whether it shows more than ASCII.</summary>
    public bool Unicode { get; init; } = true;
}
