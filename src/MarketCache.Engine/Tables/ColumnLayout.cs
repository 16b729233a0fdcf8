namespace MarketCache.Engine.Tables;

/// <summary>A column as described in the payload: what it is and where its parts lie.</summary>
internal sealed class ColumnLayout
{
    public required string Name;
    public ColumnKind Kind;

    /// <summary>Whether any row is null.</summary>
    public bool HasNulls;

    /// <summary>Rows that are not null.</summary>
    public int Count;

    /// <summary>One where a row is null, zero elsewhere; absent where all rows are null.</summary>
    public StreamLayout Nulls;

    public Mapping Mapping;
    public int Scale;
    public long Divisor;
    public int SpecialCount;

    /// <summary>Where the special doubles begin.</summary>
    public int Specials;

    public Prediction Prediction;
    public long First;
    public bool IsBiased;
    public long Bias;
    public StreamLayout Numbers;
    public StringLayout Texts;

    public bool IsBar => Prediction >= Prediction.BarOpen;
}
