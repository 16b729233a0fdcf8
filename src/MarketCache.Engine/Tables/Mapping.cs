namespace MarketCache.Engine.Tables;

/// <summary>How a column's values correspond to whole numbers.</summary>
internal enum Mapping : byte
{
    /// <summary>Doubles: their bits, those of negative values inverted but for the sign, so that order is kept.</summary>
    Bits = 0,

    /// <summary>Doubles: number × divisor ÷ 10^scale, rounded once.</summary>
    Decimal = 1,

    /// <summary>Doubles that are exactly single-precision values: those values' bits, mapped likewise.</summary>
    SingleBits = 2,

    /// <summary>Doubles that are exactly single-precision values: (number × divisor ÷ 10^scale), rounded to double, then to single.</summary>
    SingleDecimal = 3,

    /// <summary>Longs, ticks of instants, booleans: number × divisor.</summary>
    Integer = 4,

    /// <summary>Dates: days since 0001-01-01.</summary>
    Day = 5,

    /// <summary>Dates that are never weekends: days since 0001-01-01 counting Monday to Friday alone.</summary>
    Weekday = 6,
}
