using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.AlphaVantage;

/// <summary>
/// Daily, weekly and monthly prices from Alpha Vantage, with a key. Prices and volumes are those traded, without adjustment; the
/// adjusted close is adjusted for splits and dividends. The service answers errors with HTTP 200.
/// </summary>
public sealed class AlphaVantageProvider : WebProvider
{
    /// <summary>The short form of an answer holds the latest 100 rows: about 145 days.</summary>
    private const int CompactDays = 135;

    private static readonly string[] Adjusted = ["OHLCV", "ADJUSTED_CLOSE", "VOLUME", "DIVIDEND", "SPLIT"];
    private static readonly string[] Raw = ["OHLCV", "VOLUME"];

    private readonly bool _adjusted;

    private AlphaVantageProvider(ProviderOptions options, ProviderServices services)
        : base(options, services, "https://www.alphavantage.co", Descriptor.KeyVariable!)
    {
        _adjusted = new ProviderSettings(options).Flag("adjusted", true);
        Capabilities = new ProviderCapabilities
        {
            Groups = [_adjusted ? Adjusted : Raw],
            Frequencies = ["daily", "weekly", "monthly"],
            Adjustments = new Dictionary<string, AdjustmentKinds>(StringComparer.OrdinalIgnoreCase)
            {
                ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
            },
        };
    }

    /// <inheritdoc/>
    public override ProviderCapabilities Capabilities { get; }

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "AlphaVantage",
        Description = "Daily, weekly and monthly prices from alphavantage.co",
        KeyVariable = "ALPHAVANTAGE_API_KEY",

        // As its own refusals have named them; paid plans begin at 75 a minute without a daily limit (www.alphavantage.co/premium).
        FreeBudget = [BudgetLimit.PerMinute(5), BudgetLimit.PerDay(25)],
        Settings = [.. HttpSettings.All, ProviderSetting.Flag("adjusted", "Whether adjusted prices are asked for.")],
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static AlphaVantageProvider FromOptions(ProviderOptions options, ProviderServices services) => new(options, services);

    /// <inheritdoc/>
    public override async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var types = TypesOf(request.Frequency);
        var query = new HttpQuery
        {
            Path = "query",
            Parameters =
            [
                ("function", Function(request.Frequency)),
                ("symbol", request.Ticker!),
                ("outputsize", request.Now != default && request.Start >= DateOnly.FromDateTime(request.Now).AddDays(-CompactDays) ? "compact" : "full"),
                ("datatype", "json"),
            ],
            SecretParameter = ("apikey", Key.Require(request)),
            Subject = request.Ticker!,
            Validator = request.Validator,

            // The service is not asked for days: it always sends all it has.
            Part = $"{HttpQuery.Day(request.Start)}/{HttpQuery.Day(request.End)}",
        };
        return await AskAsync(Http, query, answer => DailyRow.ToSeries(Read(answer, query, request), request, types, null), cancellationToken).ConfigureAwait(false);
    }

    // Events have days; a week's or month's answer tells only sums.
    private string[] TypesOf(string frequency) => !_adjusted ? Raw : frequency == "daily" ? Adjusted : ["OHLCV", "ADJUSTED_CLOSE", "VOLUME"];

    private protected override void Check(ProviderRequest request)
    {
        TickerOf(request);
        var types = TypesOf(request.Frequency);
        if (request.Frequency is not ("daily" or "weekly" or "monthly") || !types.Contains(request.DataType, StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.Frequency} {request.DataType}; it has {string.Join(", ", types)} daily, weekly or monthly");
        }

        Key.Require(request);
    }

    private string Function(string frequency) => $"TIME_SERIES_{frequency.ToUpperInvariant()}{(_adjusted ? "_ADJUSTED" : "")}";

    private List<DailyRow> Read(HttpAnswer answer, HttpQuery query, ProviderRequest request)
    {
        using var document = JsonBody.TryParse(answer.Body);
        if (document?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            throw answer.IsSuccess ? Bad(query, document is null ? "truncated or damaged JSON" : "JSON that is not an object") : Http.Refusal(query, answer);
        }

        ThrowIfError(root, query);
        if (!answer.IsSuccess)
        {
            throw Http.Refusal(query, answer);
        }

        // An answer for another ticker would poison the cache.
        if (root.Find("Meta Data")?.Text("2. Symbol") is { } symbol && !symbol.Equals(query.Subject, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(query, $"the prices of '{symbol}'");
        }

        foreach (var property in root.EnumerateObject())
        {
            if (property.Name.Contains("Time Series", StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind == JsonValueKind.Object)
            {
                return Rows(property.Value, query, request);
            }
        }

        throw Bad(query, "JSON without a time series");
    }

    private List<DailyRow> Rows(JsonElement series, HttpQuery query, ProviderRequest request)
    {
        var rows = new List<DailyRow>();
        foreach (var entry in series.EnumerateObject())
        {
            if (!DateOnly.TryParseExact(entry.Name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                || entry.Value.ValueKind != JsonValueKind.Object)
            {
                throw Bad(query, "a row without a date");
            }

            rows.Add(new DailyRow(
                BarPeriod.FirstDay(day, request.Frequency), // the service dates longer bars by their last session
                Required(entry.Value, "open", query),
                Required(entry.Value, "high", query),
                Required(entry.Value, "low", query),
                Required(entry.Value, "close", query),
                Optional(entry.Value, "volume", query), // the service leaves it out of some rows
                _adjusted ? Required(entry.Value, "adjusted close", query) : null,
                Optional(entry.Value, "dividend amount", query),
                Optional(entry.Value, "split coefficient", query)));
        }

        return rows;
    }

    private double? Required(JsonElement row, string name, HttpQuery query) => Find(row, name, query, out var value) ? value : throw Bad(query, $"a row without '{name}'");

    private double? Optional(JsonElement row, string name, HttpQuery query) => Find(row, name, query, out var value) ? value : null;

    /// <summary>Whether a row has a name such as <c>5. adjusted close</c>; the number before it differs between functions.</summary>
    /// <returns>The value is null where the service writes that it has none.</returns>
    private bool Find(JsonElement row, string name, HttpQuery query, out double? number)
    {
        number = null;
        foreach (var property in row.EnumerateObject())
        {
            var dot = property.Name.IndexOf(". ", StringComparison.Ordinal);
            if (dot >= 0 && property.Name.AsSpan(dot + 2).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText();
                if (text is not ("" or "." or "-" or "None" or "null"))
                {
                    number = new ScaledNumber(1).TryParse(text, out var value) && (name != "volume" || ShareCount.IsOne(value))
                        ? value
                        : throw Bad(query, $"a row whose '{name}' is not a number");
                }

                return true;
            }
        }

        return false;
    }

    private void ThrowIfError(JsonElement root, HttpQuery query)
    {
        var text = root.Text("Note") ?? root.Text("Information") ?? root.Text("Error Message");
        if (text is null)
        {
            return;
        }

        bool Says(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

        if (Says("is a premium endpoint"))
        {
            throw Http.Failure(ProviderErrorKind.Unauthorized, query, $"does not offer this with its key; set adjusted: false for the free daily prices (\"{text}\")");
        }

        if (root.Text("Note") is not null || Says("rate limit") || Says("call frequency") || Says("spreading out") || Says("requests per"))
        {
            TimeSpan? wait = Says("per second") ? TimeSpan.FromSeconds(1) : Says("per minute") ? TimeSpan.FromMinutes(1) : null;
            throw Http.Failure(ProviderErrorKind.RateLimited, query, $"received too many calls (\"{text}\")", wait);
        }

        if (Says("apikey") || Says("api key"))
        {
            throw Http.Failure(ProviderErrorKind.Unauthorized, query, $"rejected its key (\"{text}\")");
        }

        throw root.Text("Error Message") is not null
            ? Http.Failure(ProviderErrorKind.NotFound, query, $"does not know the ticker {query.Subject} (\"{text}\")")
            : Bad(query, $"an error in a success (\"{text}\")");
    }

    private ProviderException Bad(HttpQuery query, string what) => Bad(Http, query, what);
}
