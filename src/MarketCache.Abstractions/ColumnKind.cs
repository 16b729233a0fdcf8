namespace MarketCache;

/// <summary>What a column of a <see cref="MarketTable"/> holds. Every kind can also hold nulls.</summary>
public enum ColumnKind
{
    /// <summary>Calendar days (<see cref="DateOnly"/>): the session or period a row belongs to.</summary>
    Date = 1,

    /// <summary>Moments in UTC (<see cref="DateTime"/> of kind <see cref="DateTimeKind.Utc"/>), to 100 ns.</summary>
    Instant = 2,

    /// <summary>IEEE 754 double-precision numbers, kept to the bit (NaN payloads, ±0 and infinities included).</summary>
    Double = 3,

    /// <summary>64-bit signed integers.</summary>
    Long = 4,

    /// <summary>Text, kept as its UTF-16 code units.</summary>
    String = 5,

    /// <summary>Truth values.</summary>
    Boolean = 6,
}
