using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Tables;

/// <summary>The constants of the encoded block; docs/table-format.md describes the layout.</summary>
internal static class TableFormat
{
    /// <summary>The first four bytes, <c>MCTB</c>.</summary>
    public const uint Magic = 0x4254434D;

    public const byte Version = 2;

    /// <summary>Payload stored as it is.</summary>
    public const byte CodecNone = 0;

    /// <summary>Payload stored as one Zstandard frame.</summary>
    public const byte CodecZstd = 1;

    /// <summary>The most memory that the rows of a block may occupy, encoded or decoded, and so what hostile bytes can make a reader allocate.</summary>
    public const long MaxBlockBytes = 512L << 20;

    public const int MaxRows = 1 << 28;

    public const int MaxTables = 256;

    /// <summary>The most columns of all tables of a block together.</summary>
    public const int MaxColumns = 4096;

    /// <summary>A frame that expands further is not written, so none that claims to needs to be believed.</summary>
    public const int MaxZstdRatio = 1024;

    /// <summary>In a column's name byte: the column is one that was named before.</summary>
    public const byte SharedFlag = 0x80;

    /// <summary>In a column's first byte.</summary>
    public const byte KindMask = 0x07;
    public const byte NullsFlag = 0x08;
    public const byte MappingMask = 0x07;
    public const int MappingShift = 4;
    public const byte SpecialsFlag = 0x80;

    /// <summary>In the prediction byte: residuals are stored less a bias, not zigzag-mapped.</summary>
    public const byte BiasFlag = 0x10;

    /// <summary>The names that are stored as one byte: their place plus one; zero announces another name. The order is part of the format: append only, 126 at most.</summary>
    public static readonly string[] WellKnownNames =
    [
        "", "OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT", "Date", "Time", "Open", "High", "Low", "Close", "Volume", "Value",
        "AdjustedClose", "Dividend", "Split", "Ratio", "Numerator", "Denominator", "Amount", "AdjClose", "Currency", "Ticker", "Return", "Rate",
    ];

    [DoesNotReturn]
    public static void Fail(string message) => throw new TableFormatException(message);

    /// <summary>Bytes of memory that a row of the kind occupies.</summary>
    public static int Width(ColumnKind kind) => kind switch
    {
        ColumnKind.Date => 4,
        ColumnKind.Boolean => 1,
        _ => 8,
    };
}
