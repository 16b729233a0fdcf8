namespace MarketCache;

/// <summary>A stretch of days, both ends included.</summary>
/// <param name="Start">First day.</param>
/// <param name="End">Last day.</param>
public readonly record struct DateRange(DateOnly Start, DateOnly End)
{
    /// <summary>The range as <c>yyyy-MM-dd..yyyy-MM-dd</c>.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Start:yyyy-MM-dd}..{End:yyyy-MM-dd}");
}
