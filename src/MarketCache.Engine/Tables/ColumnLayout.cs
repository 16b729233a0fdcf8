using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>What a block says of one of its columns, and where the column's parts lie in the payload.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ColumnLayout
{
    public ColumnKind Kind;
    public bool HasNulls;
    public int Rows;

    /// <summary>The rows that are not null.</summary>
    public int Count;

    public Mapping Mapping;
    public int Scale;
    public long Divisor;
    public Prediction Prediction;
    public long First;
    public bool IsBiased;
    public long Bias;
    public int SpecialCount;
    public int TextCount;
    public int TextBytes;

    public int NullsAt;
    public int SpecialsAt;

    /// <summary>The residuals, or the lengths of texts.</summary>
    public int NumbersAt;

    public int TextsAt;
    public int IndicesAt;
}
