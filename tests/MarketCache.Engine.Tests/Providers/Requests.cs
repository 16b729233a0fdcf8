using System.Globalization;

namespace MarketCache.Engine.Tests.Providers;

internal static class Requests
{
    public static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateTime Utc(string iso) => DateTime.Parse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static ProviderRequest Of(
        string dataType, string? ticker, string start = "1900-01-01", string end = "2026-12-31", string now = "2026-11-20T22:00:00Z", string frequency = "daily") => new()
        {
            DataType = dataType,
            Ticker = ticker,
            Start = Day(start),
            End = Day(end),
            Frequency = frequency,
            TimeZone = "America/New_York",
            Calendar = "XNYS",
            Now = Utc(now),
        };

    public static MarketTable Rows(this ProviderResponse response, string dataType) => Assert.Single(response.Series, s => s.DataType == dataType).Rows;

    public static double[] Doubles(this MarketTable table, string column) => table.Column<double>(column).Values.ToArray();

    public static DateOnly[] Dates(this MarketTable table) => table.Column<DateOnly>("Date").Values.ToArray();
}
