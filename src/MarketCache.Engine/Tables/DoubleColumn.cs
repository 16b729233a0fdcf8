namespace MarketCache.Engine.Tables;

/// <summary>A column's doubles without its nulls, and what was found out about their scales.</summary>
internal sealed class DoubleColumn
{
    private readonly MarketColumn<double> _column;
    private readonly double[]? _present;
    private readonly Scratch _scratch;
    private ScaledDoubles? _decimal;
    private ScaledDoubles? _single;
    private bool _isDecimalKnown;
    private bool _isSingleKnown;

    /// <summary>Takes a column.</summary>
    /// <param name="column">The column.</param>
    /// <param name="present">Its values that are not null, where some are.</param>
    /// <param name="scratch">Where working memory comes from.</param>
    public DoubleColumn(MarketColumn<double> column, double[]? present, Scratch scratch)
    {
        _column = column;
        _present = present;
        _scratch = scratch;
    }

    public ReadOnlySpan<double> Values => _present ?? _column.Values;

    /// <summary>The values at their decimal scales; null where more than half have none.</summary>
    public ScaledDoubles? Scaled(Mapping mapping)
    {
        if (mapping == Mapping.Decimal)
        {
            if (!_isDecimalKnown)
            {
                _decimal = ScaledDoubles.TryCreate(Values, single: false, _scratch);
                _isDecimalKnown = true;
            }

            return _decimal;
        }

        if (!_isSingleKnown)
        {
            _single = ScaledDoubles.TryCreate(Values, single: true, _scratch);
            _isSingleKnown = true;
        }

        return _single;
    }

    /// <summary>The best scale for this column alone.</summary>
    public int BestScale(Mapping mapping) => Scaled(mapping) is { } scaled ? ScaledDoubles.BestScale(scaled) : 0;
}
