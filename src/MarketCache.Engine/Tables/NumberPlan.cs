namespace MarketCache.Engine.Tables;

/// <summary>One way to store a column's values that are not null: the mapping to whole numbers and what is left after a prediction.</summary>
internal sealed class NumberPlan
{
    public required Mapping Mapping { get; init; }

    /// <summary>The decimal scale, or the day of the month.</summary>
    public int Scale { get; set; }

    public long Divisor { get; set; } = 1;

    public required Numbers Numbers { get; set; }

    public Prediction Prediction { get; set; }

    /// <summary>The first number, where the prediction starts from one.</summary>
    public long First { get; set; }

    public bool IsBiased { get; set; }

    public long Bias { get; set; }

    /// <summary>What is written, as unsigned numbers.</summary>
    public Numbers Rest { get; set; }

    /// <summary>Estimate of the bits that <see cref="Rest"/> takes.</summary>
    public double Cost { get; set; } = double.MaxValue;

    /// <summary>The doubles that have no number, ascending by row.</summary>
    public IReadOnlyList<SpecialDouble> Specials { get; set; } = [];
}
