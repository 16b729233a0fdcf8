using System.Globalization;
using System.IO.Compression;

namespace MarketCache.Benchmarks.Data;

/// <summary>
/// Daily bars to measure with: the recorded ones of <c>shared/data</c> beside the repository, or, where a checkout has none,
/// a seeded random walk of the same length. A figure says which it was.
/// </summary>
internal static class PriceHistory
{
    /// <summary>The folder of the recorded prices, or null.</summary>
    public static string? Folder { get; } = FindFolder();

    /// <summary>Where the bars come from, for a figure's note.</summary>
    public static string Origin => Folder is null ? "random walk; the recorded data is absent" : "recorded bars";

    /// <summary>All daily bars of a ticker: Date, Open, High, Low, Close, Volume.</summary>
    public static MarketTable Daily(string ticker) => Folder is null ? RandomWalk(5687) : Read(Path.Combine(Folder, ticker + ".zip"));

    /// <summary>The table cut into calendar years, as the store keeps daily bars.</summary>
    public static IReadOnlyList<MarketTable> Years(MarketTable table)
    {
        var dates = table.Column<DateOnly>(MarketTable.DateColumn).Values;
        var years = new List<MarketTable>();
        var start = 0;
        for (var i = 1; i <= dates.Length; i++)
        {
            if (i == dates.Length || dates[i].Year != dates[start].Year)
            {
                years.Add(table.Slice(start, i - start));
                start = i;
            }
        }

        return years;
    }

    private static MarketTable Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var reader = new StreamReader(archive.Entries[0].Open());
        var dates = new List<DateOnly>();
        var prices = new List<double>[] { [], [], [], [] };
        var volumes = new List<long>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            dates.Add(DateOnly.ParseExact(fields[0].AsSpan(0, 8), "yyyyMMdd", CultureInfo.InvariantCulture));
            for (var i = 0; i < 4; i++)
            {
                prices[i].Add(long.Parse(fields[i + 1], CultureInfo.InvariantCulture) / 10_000.0);
            }

            volumes.Add(long.Parse(fields[5], CultureInfo.InvariantCulture));
        }

        return Table([.. dates], [.. prices[0]], [.. prices[1]], [.. prices[2]], [.. prices[3]], [.. volumes]);
    }

    private static MarketTable RandomWalk(int rows)
    {
        var random = new Random(1);
        var dates = new DateOnly[rows];
        double[] open = new double[rows], high = new double[rows], low = new double[rows], close = new double[rows];
        var volumes = new long[rows];
        var day = new DateOnly(1998, 1, 2);
        var cents = 10_000;
        for (var i = 0; i < rows; i++)
        {
            dates[i] = day;
            day = day.AddDays(day.DayOfWeek == DayOfWeek.Friday ? 3 : 1);
            var from = Math.Max(100, cents + random.Next(-100, 101));
            cents = Math.Max(100, from + random.Next(-200, 201));
            open[i] = from / 100.0;
            close[i] = cents / 100.0;
            high[i] = (Math.Max(from, cents) + random.Next(100)) / 100.0;
            low[i] = (Math.Min(from, cents) - random.Next(50)) / 100.0;
            volumes[i] = random.Next(1_000_000, 9_000_000);
        }

        return Table(dates, open, high, low, close, volumes);
    }

    private static MarketTable Table(DateOnly[] dates, double[] open, double[] high, double[] low, double[] close, long[] volumes) => new(
        MarketColumn.OfDates("Date", dates),
        MarketColumn.OfDoubles("Open", open),
        MarketColumn.OfDoubles("High", high),
        MarketColumn.OfDoubles("Low", low),
        MarketColumn.OfDoubles("Close", close),
        MarketColumn.OfLongs("Volume", volumes));

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data", "prices");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
