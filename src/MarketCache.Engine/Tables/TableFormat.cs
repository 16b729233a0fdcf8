using System.Diagnostics.CodeAnalysis;

namespace MarketCache.Engine.Tables;

/// <summary>The constants of the encoded table; docs/table-format.md describes the layout.</summary>
internal static class TableFormat
{
    /// <summary>The first four bytes, <c>MCTB</c>.</summary>
    public const uint Magic = 0x4254434D;

    public const byte Version = 1;

    /// <summary>Payload stored as it is.</summary>
    public const byte CodecNone = 0;

    /// <summary>Payload stored as one Zstandard frame.</summary>
    public const byte CodecZstd = 1;

    /// <summary>The most memory that the rows of a table may occupy, encoded or decoded, and so what hostile bytes can make a reader allocate.</summary>
    public const long MaxTableBytes = 512L << 20;

    public const int MaxRows = 1 << 28;

    public const int MaxColumns = ushort.MaxValue;

    /// <summary>A Zstandard block of 128 KiB takes at least four bytes; no honest frame expands further.</summary>
    public const int MaxZstdRatio = 32768;

    /// <summary>Name identifiers: zero and one announce a name in place, others are indices into <see cref="WellKnownNames"/> plus two.</summary>
    public const byte NameUtf8 = 0;
    public const byte NameUtf16 = 1;
    public const byte FirstWellKnownName = 2;

    public const byte KindMask = 0x0F;
    public const byte NullsFlag = 0x80;

    /// <summary>In the predictor byte: residuals are stored less a bias, not zigzag-mapped.</summary>
    public const byte BiasFlag = 0x80;

    /// <summary>In the string mode byte.</summary>
    public const byte StringUtf16Flag = 1;
    public const byte StringDictionaryFlag = 2;

    /// <summary>The names that are stored as one byte. The order is part of the format: append only.</summary>
    public static readonly string[] WellKnownNames =
    [
        "Date", "Time", "Open", "High", "Low", "Close", "Volume", "Value", "AdjustedClose", "Dividend", "Split", "Ratio",
        "Numerator", "Denominator", "Amount", "AdjClose", "Currency", "Ticker", "Return", "Rate",
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
