using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.Providers.Http;

namespace MarketCache.Engine.Providers.Tiingo;

/// <summary>
/// Daily prices of US stocks, funds and Chinese stocks from Tiingo, with a key. Prices and volumes are those of the day, without
/// adjustment; the adjusted close is adjusted for splits and dividends. Exchanges' corrections arrive until 20:00 New York.
/// </summary>
public sealed class TiingoProvider : IMarketDataProvider, ISecretHolder, IDisposable
{
    private static readonly string[] DataTypes = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];
    private readonly HttpSource _http;
    private readonly ProviderKey _key;

    private TiingoProvider(string name, HttpSource http, ProviderKey key)
    {
        Name = name;
        _http = http;
        _key = key;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; } = new()
    {
        Groups = [DataTypes],
        Frequencies = ["daily"],
        Adjustments = new Dictionary<string, AdjustmentKinds>(StringComparer.OrdinalIgnoreCase)
        {
            ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
        },

        // The exchange closes at 16:00 and sends corrections until 20:00 (www.tiingo.com/documentation/end-of-day, 2.1.1).
        Settle = TimeSpan.FromHours(4),
    };

    IReadOnlyList<string> ISecretHolder.Secrets => _key.Find() is { } key ? [key] : [];

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static TiingoProvider FromOptions(ProviderOptions options, ProviderServices services)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(services);
        return new TiingoProvider(
            options.Name,
            new HttpSource(HttpSourceOptions.From(options, ["https://api.tiingo.com"]), services.TimeProvider),
            new ProviderKey(options, "TIINGO_API_KEY", services));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <inheritdoc/>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Ticker is not { } ticker)
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}");
        }

        if (!TickerRules.IsTicker(ticker))
        {
            throw Refused(ProviderErrorKind.NotFound, request, "can have no such ticker");
        }

        if (!DataTypes.Contains(request.DataType, StringComparer.OrdinalIgnoreCase) || request.Frequency != "daily")
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.Frequency} {request.DataType}; it has {string.Join(", ", DataTypes)} daily");
        }

        var query = new HttpQuery
        {
            Path = $"tiingo/daily/{Uri.EscapeDataString(ticker)}/prices",
            Parameters = [("startDate", HttpQuery.Day(request.Start)), ("endDate", HttpQuery.Day(request.End)), ("format", "json")],
            Authorization = "Token " + _key.Require(request),
            Subject = ticker,
            Validator = request.Validator,
        };
        var answer = await _http.GetAsync(query, cancellationToken).ConfigureAwait(false);
        return answer.NotModified
            ? new ProviderResponse { Series = [], NotModified = true, Validator = answer.Validator, Calls = answer.Calls }
            : new ProviderResponse
            {
                Series = DailyRow.ToSeries(Read(answer, query), request, DataTypes, null),
                Validator = answer.Validator,
                Calls = answer.Calls,
                Bytes = answer.WireBytes,
            };
    }

    private List<DailyRow> Read(HttpAnswer answer, HttpQuery query)
    {
        using var document = JsonBody.TryParse(answer.Body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Array } list || !answer.IsSuccess)
        {
            throw Error(answer, query, document?.RootElement.Text("detail"), document is null);
        }

        var rows = new List<DailyRow>(list.GetArrayLength());
        foreach (var row in list.EnumerateArray())
        {
            if (row.Text("date") is not { Length: >= 10 } date
                || !DateOnly.TryParseExact(date.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                throw Bad(query, "a row without date");
            }

            rows.Add(new DailyRow(
                day,
                Number(row, "open", query),
                Number(row, "high", query),
                Number(row, "low", query),
                Number(row, "close", query),
                Number(row, "volume", query),
                Number(row, "adjClose", query),
                Number(row, "divCash", query),
                Number(row, "splitFactor", query)));
        }

        return rows;
    }

    private double? Number(JsonElement row, string name, HttpQuery query)
    {
        if (!row.TryGetProperty(name, out var value))
        {
            throw Bad(query, $"a row without '{name}'");
        }

        return value.ValueKind is JsonValueKind.Null ? null
            : JsonBody.Number(value) ?? throw Bad(query, $"a row whose '{name}' is no number");
    }

    private ProviderException Error(HttpAnswer answer, HttpQuery query, string? detail, bool isDamaged)
    {
        if (detail is not null && (detail.Contains("allocation", StringComparison.OrdinalIgnoreCase) || detail.Contains("run over", StringComparison.OrdinalIgnoreCase)))
        {
            return _http.Failure(ProviderErrorKind.RateLimited, query, $"had too many calls (\"{detail}\")");
        }

        if (detail is not null && (detail.Contains("not found", StringComparison.OrdinalIgnoreCase) || detail.Contains("no data found", StringComparison.OrdinalIgnoreCase)))
        {
            return _http.Failure(ProviderErrorKind.NotFound, query, $"knows no ticker {query.Subject} (\"{detail}\")");
        }

        if (detail is not null && detail.Contains("token", StringComparison.OrdinalIgnoreCase))
        {
            return _http.Failure(ProviderErrorKind.Unauthorized, query, $"refused its key (\"{detail}\")");
        }

        return !answer.IsSuccess ? _http.Refusal(query, answer, detail)
            : Bad(query, isDamaged ? "JSON that is cut short or damaged" : detail is null ? "JSON that is no list of rows" : $"an error in a success (\"{detail}\")");
    }

    private ProviderException Bad(HttpQuery query, string what) =>
        _http.Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with {what}");

    private ProviderException Refused(ProviderErrorKind kind, ProviderRequest request, string why) =>
        new(kind, $"Provider '{Name}' {why}.") { Target = request.Ticker ?? request.DataType, Provider = Name };
}
