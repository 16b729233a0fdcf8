using System.Globalization;

namespace MarketCache.Engine.Series;

/// <summary>The day whose knowledge a request asks for: the values as published until then, without later revisions.</summary>
internal static class Vintage
{
    /// <summary>The name of the request's parameter; its value is a day such as <c>2023-09-15</c>.</summary>
    public const string Parameter = "as_known_on";

    /// <summary>The day, or null where the request asks for what is known now.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <exception cref="MarketDataException"><c>InvalidParameter</c>: it is no day.</exception>
    public static DateOnly? Of(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count == 0 || parameters.FirstOrDefault(static p => p.Key.Equals(Parameter, StringComparison.OrdinalIgnoreCase)).Value is not { } text)
        {
            return null;
        }

        return DateOnly.TryParseExact(text.Split('T')[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new MarketDataException("InvalidParameter", $"The parameter '{Parameter}' is '{text}', but must be a day such as 2023-09-15.") { Target = Parameter };
    }

    /// <summary>The request without rows from after the day, which nobody knew then; itself where it asks for what is known now.</summary>
    /// <param name="request">The request.</param>
    /// <param name="today">The present day, UTC.</param>
    /// <exception cref="MarketDataException">The day has not come, or no day asked for had come by then.</exception>
    public static DataRequest Clip(DataRequest request, DateOnly today)
    {
        if (Of(request.Parameters) is not { } day)
        {
            return request;
        }

        if (day > today || request.Start > day)
        {
            throw new MarketDataException(
                "InvalidParameter",
                day > today
                    ? string.Create(CultureInfo.InvariantCulture, $"The parameter '{Parameter}' is {day:yyyy-MM-dd}, which is in the future. Use today or an earlier day.")
                    : string.Create(CultureInfo.InvariantCulture, $"On {day:yyyy-MM-dd} nothing from {request.Start:yyyy-MM-dd} on was known. Use an earlier -Start."))
            {
                Target = Parameter,
            };
        }

        var parameters = new Dictionary<string, string>(request.Parameters, StringComparer.OrdinalIgnoreCase) { [Parameter] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
        return request with { End = request.End < day ? request.End : day, Parameters = parameters };
    }
}
