namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// The tickers of a file: one a line, or a CSV file (comma, semicolon or tab), whose column <c>Ticker</c> or <c>Symbol</c> is taken, else the first. Blank
/// lines and what follows a <c>#</c> are left out, and so are repeats.
/// </summary>
internal static class WatchList
{
    private static readonly string[] Headers = ["Ticker", "Symbol", "Tickers", "Symbols"];

    /// <summary>Reads a list.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="MarketDataException">It holds no ticker (<c>InvalidWatchList</c>).</exception>
    internal static IReadOnlyList<string> Read(string file)
    {
        var lines = File.ReadLines(file).Select(WithoutComment).Where(line => line.Length > 0).ToList();
        var delimiter = lines.Count == 0 ? ',' : ",;\t".MaxBy(c => lines[0].Count(d => d == c));
        var rows = lines.ConvertAll(line => Cells(line, delimiter));
        var column = rows.Count == 0 ? -1 : rows[0].FindIndex(cell => Headers.Contains(cell, StringComparer.OrdinalIgnoreCase));
        string[] tickers =
        [
            .. rows.Skip(column < 0 ? 0 : 1).Select(row => row.ElementAtOrDefault(Math.Max(column, 0))).Where(cell => !string.IsNullOrEmpty(cell))
                .OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return tickers.Length > 0 ? tickers
            : throw new MarketDataException(
                "InvalidWatchList", $"The file '{file}' names no ticker. Write one ticker a line, or a CSV file with a column Ticker or Symbol.")
            {
                Target = file,
            };
    }

    // A # inside a ticker or between quotes begins no comment.
    private static string WithoutComment(string line)
    {
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            isQuoted ^= line[i] == '"';
            if (line[i] == '#' && !isQuoted && (i == 0 || char.IsWhiteSpace(line[i - 1]) || line[i - 1] is ',' or ';'))
            {
                return line[..i].Trim();
            }
        }

        return line.Trim();
    }

    private static List<string> Cells(string line, char delimiter)
    {
        var cells = new List<string>();
        var isQuoted = false;
        var start = 0;
        for (var i = 0; i <= line.Length; i++)
        {
            if (i == line.Length || (line[i] == delimiter && !isQuoted))
            {
                cells.Add(line[start..i].Trim().Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal).Trim());
                start = i + 1;
            }
            else
            {
                isQuoted ^= line[i] == '"';
            }
        }

        return cells;
    }
}
