using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Tiingo;

/// <summary>
/// Daily prices of US stocks, funds and Chinese stocks from Tiingo, with a key. Prices and volumes are those of the day, without
/// adjustment; the adjusted close is adjusted for splits and dividends. Exchanges' corrections arrive until 20:00 New York.
/// </summary>
public sealed class TiingoProvider : WebProvider
{
    private static readonly string[] DataTypes = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];

    private TiingoProvider(ProviderOptions options, ProviderServices services)
        : base(options, services, "https://api.tiingo.com", Descriptor.KeyVariable!)
    {
    }

    /// <inheritdoc/>
    public override ProviderCapabilities Capabilities { get; } = new()
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

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Tiingo",
        Description = "Daily prices of US and Chinese stocks and funds from tiingo.com",
        KeyVariable = "TIINGO_API_KEY",

        // The free plan, as others quote www.tiingo.com/about/pricing.
        FreeBudget = [BudgetLimit.PerHour(50), BudgetLimit.PerDay(1000)],
        Settings = HttpSettings.All,
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static TiingoProvider FromOptions(ProviderOptions options, ProviderServices services) => new(options, services);

    /// <inheritdoc/>
    public override async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var ticker = request.Ticker!;
        var query = new HttpQuery
        {
            Path = $"tiingo/daily/{Uri.EscapeDataString(ticker)}/prices",
            Parameters = [("startDate", HttpQuery.Day(request.Start)), ("endDate", HttpQuery.Day(request.End)), ("format", "json")],
            Authorization = "Token " + Key.Require(request),
            Subject = ticker,
            Validator = request.Validator,
        };
        return await AskAsync(Http, query, answer => DailyRow.ToSeries(Read(answer, query), request, DataTypes, null), cancellationToken).ConfigureAwait(false);
    }

    private protected override void Check(ProviderRequest request)
    {
        TickerOf(request);
        if (!DataTypes.Contains(request.DataType, StringComparer.OrdinalIgnoreCase) || request.Frequency != "daily")
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.Frequency} {request.DataType}; it has {string.Join(", ", DataTypes)} daily");
        }

        Key.Require(request);
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
                throw Bad(query, "a row without a date");
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
            if (name is "volume" or "divCash" or "splitFactor")
            {
                return null;
            }

            throw Bad(query, $"a row without '{name}'");
        }

        return value.ValueKind is JsonValueKind.Null ? null
            : JsonBody.Number(value) is { } number && (name != "volume" || ShareCount.IsOne(number)) ? number
            : throw Bad(query, $"a row whose '{name}' is not a number");
    }

    private ProviderException Error(HttpAnswer answer, HttpQuery query, string? detail, bool isDamaged)
    {
        if (detail is not null && (detail.Contains("allocation", StringComparison.OrdinalIgnoreCase) || detail.Contains("run over", StringComparison.OrdinalIgnoreCase)))
        {
            return Http.Failure(ProviderErrorKind.RateLimited, query, $"received too many calls (\"{detail}\")");
        }

        if (detail is not null && (detail.Contains("not found", StringComparison.OrdinalIgnoreCase) || detail.Contains("no data found", StringComparison.OrdinalIgnoreCase)))
        {
            return Http.Failure(ProviderErrorKind.NotFound, query, $"does not know the ticker {query.Subject} (\"{detail}\")");
        }

        if (detail is not null && detail.Contains("token", StringComparison.OrdinalIgnoreCase))
        {
            return Http.Failure(ProviderErrorKind.Unauthorized, query, $"rejected its key (\"{detail}\")");
        }

        return !answer.IsSuccess ? Http.Refusal(query, answer, detail)
            : Bad(query, isDamaged ? "truncated or damaged JSON" : detail is null ? "JSON that is not a list of rows" : $"an error in a success (\"{detail}\")");
    }

    private ProviderException Bad(HttpQuery query, string what) => Bad(Http, query, what);
}
