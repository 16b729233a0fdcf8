using System.Globalization;

namespace MarketCache.Workload;

/// <summary>Reads traces: CSV with the header <c>time_utc,data_type,ticker,start,end</c>.</summary>
public static class TraceReader
{
    /// <summary>Reads a trace in the order of its times.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">A line is not a request; the message names it.</exception>
    public static IReadOnlyList<TracedRequest> Read(string path)
    {
        var requests = new List<TracedRequest>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (number == 1 || line.Length == 0)
            {
                continue;
            }

            var fields = line.Split(',');
            if (fields.Length != 5
                || !DateTime.TryParseExact(fields[0], "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                || !DateOnly.TryParseExact(fields[3], "yyyy-MM-dd", out var start)
                || !DateOnly.TryParseExact(fields[4], "yyyy-MM-dd", out var end))
            {
                throw new FormatException($"{path}:{number}: expected time_utc,data_type,ticker,start,end but found '{line}'.");
            }

            requests.Add(new TracedRequest(at, fields[1], fields[2], start, end));
        }

        return [.. requests.OrderBy(r => r.At)];
    }
}
