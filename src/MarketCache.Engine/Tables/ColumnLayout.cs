using System.Runtime.InteropServices;

namespace MarketCache.Engine.Tables;

/// <summary>What a block says of one of its columns, and where the column's parts lie in the payload.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ColumnLayout
{
    public ColumnKind Kind;
    public bool HasNulls;

    /// <summary>All rows.</summary>
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

    public int NullsAt;
    public int SpecialsAt;
    public int NumbersAt;

    public bool IsUtf16;

    /// <summary>How many texts are stored: the dictionary's, or all.</summary>
    public int TextCount;
    public bool IsDictionary;
    public int TextsAt;
    public int TextBytes;

    /// <summary>Where the dictionary's indices lie.</summary>
    public int IndicesAt;
}
