namespace MarketCache.Engine.Providers.Rows;

/// <summary>A row of a service that sends prices, volume and events of a day together.</summary>
internal sealed record DailyRow(
    DateOnly Day, double? Open, double? High, double? Low, double? Close, double? Volume, double? AdjustedClose, double? Dividend, double? Split)
{
    /// <summary>The series that the rows hold, ascending, within the asked days; the last of equal days counts.</summary>
    public static IReadOnlyList<ProviderSeries> ToSeries(IEnumerable<DailyRow> rows, ProviderRequest request, IReadOnlyCollection<string> dataTypes, string? currency)
    {
        var byDay = new SortedDictionary<DateOnly, DailyRow>();
        foreach (var row in rows)
        {
            if (row.Day >= request.Start && row.Day <= request.End)
            {
                byDay[row.Day] = row;
            }
        }

        List<DailyRow> sorted = [.. byDay.Values];
        return [.. dataTypes.Select(type => type == "OHLCV"
            ? new ProviderSeries(type, Bars([.. sorted.Where(r => r.Open is not null || r.High is not null || r.Low is not null || r.Close is not null)])) { Unit = currency }
            : type switch
            {
                "ADJUSTED_CLOSE" => Single(type, sorted, r => r.AdjustedClose) with { Unit = currency },
                "VOLUME" => Single(type, sorted, r => r.Volume),
                "DIVIDEND" => Single(type, sorted, r => r.Dividend is 0 ? null : r.Dividend) with { Unit = currency },
                "SPLIT" => Single(type, sorted, r => r.Split is 1 or 0 ? null : r.Split),
                _ => throw new ArgumentOutOfRangeException(nameof(dataTypes), type, "A daily row does not hold this data type."),
            })];
    }

    private static ProviderSeries Single(string dataType, List<DailyRow> rows, Func<DailyRow, double?> pick)
    {
        List<DailyRow> present = [.. rows.Where(r => pick(r) is not null)];
        return new ProviderSeries(dataType, new MarketTable(
            MarketColumn.OfDates(MarketTable.DateColumn, [.. present.Select(r => r.Day)]),
            MarketColumn.OfDoubles("Value", [.. present.Select(r => pick(r)!.Value)])));
    }

    private static MarketTable Bars(List<DailyRow> rows) => new(
        MarketColumn.OfDates(MarketTable.DateColumn, [.. rows.Select(r => r.Day)]),
        Doubles("Open", rows, r => r.Open),
        Doubles("High", rows, r => r.High),
        Doubles("Low", rows, r => r.Low),
        Doubles("Close", rows, r => r.Close),
        ShareCount.Column("Volume", [.. rows.Select(r => r.Volume)]));

    private static MarketColumn Doubles(string name, List<DailyRow> rows, Func<DailyRow, double?> pick) =>
        MarketColumn.OfDoubles(name, [.. rows.Select(r => pick(r) ?? 0)], [.. rows.Select(r => pick(r) is not null)]);
}
