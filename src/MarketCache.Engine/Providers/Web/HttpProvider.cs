using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Csv;
using MarketCache.Engine.Providers.Http;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Web;

/// <summary>
/// A simple service by configuration alone: an address with placeholders that answers with CSV or JSON rows. What they look like is
/// guessed or set as for files.
/// </summary>
public sealed class HttpProvider : IMarketDataProvider, ISecretHolder, IDisposable
{
    private static readonly string[] OfFiles = ["path", "file", "files", "entry", "max_size_mb"];
    private static readonly string[] Placeholders = ["ticker", "ticker_lower", "data_type", "frequency", "id", "start", "end"];

    private readonly ProviderOptions _entry;
    private readonly ProviderServices _services;
    private readonly CsvOptions _rows;
    private readonly HttpSource _source;
    private readonly ProviderKey _key;
    private readonly string _path;
    private readonly (string Name, string Value)[] _query;
    private readonly bool _isJson;
    private readonly string[] _rowsAt;
    private readonly string? _keyParameter;
    private readonly string? _keyScheme;
    private readonly bool _takesKey;
    private readonly IReadOnlyDictionary<string, string> _tickers;
    private readonly IReadOnlyDictionary<string, string> _frequencies;
    private readonly IReadOnlyList<string> _notFound;
    private readonly IReadOnlyList<string> _rateLimited;

    private HttpProvider(ProviderOptions options, ProviderServices services)
    {
        var settings = new ProviderSettings(options);
        var url = settings.Required("url");
        if (!Uri.TryCreate(url.Replace('{', '0').Replace('}', '0'), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp) || address.UserInfo.Length > 0 || address.Fragment.Length > 0
            || url.Split('/')[2].Contains('{', StringComparison.Ordinal))
        {
            throw settings.Wrong("url", "an https or http address without user name or fragment, placeholders after its host", "(not shown)");
        }

        var question = url.IndexOf('?', StringComparison.Ordinal);
        var place = question < 0 ? url : url[..question];
        _path = place[(place.IndexOf("://", StringComparison.Ordinal) + 3)..] is var rest && rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? rest[(slash + 1)..] : "";
        _query = question < 0 ? [] : [.. url[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2)).Select(static pair => (pair[0], pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))];
        if (Array.Find(_query, static part => ProviderSetting.IsSecretName(part.Name)).Name is { } secret)
        {
            throw settings.Wrong("url", $"an address without a key; name '{secret}' under key_parameter and the key's variable under key_env", "(not shown)");
        }

        foreach (var text in _query.Select(static part => part.Value).Prepend(_path))
        {
            _ = Fill(text, static name => name, settings);
        }

        (_entry, _services, _rows) = (options, services, CsvOptions.From(options));
        _source = new HttpSource(HttpSourceOptions.From(options, [address.GetLeftPart(UriPartial.Authority)]), services.TimeProvider);
        _key = new ProviderKey(options, options.Name.ToUpperInvariant().Replace('-', '_') + "_API_KEY", services);
        _isJson = settings.Text("format", "csv").Equals("json", StringComparison.OrdinalIgnoreCase);
        _rowsAt = settings.Text("rows", "").Split('.', StringSplitOptions.RemoveEmptyEntries);
        _keyParameter = settings.Text("key_parameter");
        _keyScheme = settings.Text("key_scheme");
        _takesKey = _keyParameter is not null || _keyScheme is not null || settings.Has("key_env") || settings.Has("key_vault");
        _tickers = settings.Map("tickers");
        _frequencies = settings.Map("frequency_names");
        _notFound = settings.List("not_found", []);
        _rateLimited = settings.List("rate_limited", []);
        Capabilities = new CsvProvider(_rows with { Path = "/" }).Capabilities with { IsLocal = false };
    }

    /// <inheritdoc/>
    public string Name => _entry.Name;

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; }

    IReadOnlyList<string> ISecretHolder.Secrets => _takesKey && _key.Find() is { } key ? [key] : [];

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Http",
        Description = "Any service that answers an address with CSV or JSON rows",
        WorksUnconfigured = false,
        Settings =
        [
            ProviderSetting.Text("url", "The address, with {ticker}, {ticker_lower}, {data_type}, {frequency}, {id}, {start} and {end}; dates as {start:yyyyMMdd} or {start:unix}."),
            new("format", "text", "What the service answers: csv or json.", (r, n, k) => r.Choice(n, k, ["csv", "json"])),
            ProviderSetting.Text("rows", "Where the rows are in the JSON, e.g. data.prices."),
            ProviderSetting.Text("key_parameter", "The query parameter that takes the key."),
            ProviderSetting.Text("key_scheme", "The scheme of the Authorization header that takes the key: Bearer where left out."),
            ProviderSetting.Map("tickers", "By ticker the service's own name for it."),
            ProviderSetting.Map("frequency_names", "By frequency the service's own name for it."),
            ProviderSetting.List("not_found", "Words by which the service says that it does not know a ticker."),
            ProviderSetting.List("rate_limited", "Words by which the service says that it was asked too often."),
            .. HttpSettings.All,
            .. CsvSettings.All.Where(static setting => !OfFiles.Contains(setting.Name)),
        ],
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is missing or is not what it should be.</exception>
    public static HttpProvider FromOptions(ProviderOptions options, ProviderServices services) => new(options, services);

    /// <inheritdoc/>
    public async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Ticker is { } ticker && !TickerRules.IsTicker(ticker))
        {
            throw Refused(ProviderErrorKind.NotFound, request, "cannot have such a ticker");
        }

        if (Capabilities.Frequencies.Count > 0 && !Capabilities.Frequencies.Contains(request.Frequency, StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has {string.Join(", ", Capabilities.Frequencies)} rows, not {request.Frequency}");
        }

        var key = _takesKey ? _key.Require(request) : null;
        var query = new HttpQuery
        {
            Path = Fill(_path, name => Uri.EscapeDataString(Value(name, request)), null),
            Parameters = [.. _query.Select(part => (part.Name, Fill(part.Value, name => Value(name, request), null)))],
            SecretParameter = key is not null && _keyParameter is not null ? (_keyParameter, key) : null,
            Authorization = key is not null && _keyParameter is null ? $"{_keyScheme ?? "Bearer"} {key}" : null,
            Expects = _isJson ? BodyKind.Json : BodyKind.Csv,
            Subject = request.Ticker ?? request.DataType,
            Validator = request.Validator,
            Part = $"{HttpQuery.Day(request.Start)}/{HttpQuery.Day(request.End)}",
        };
        var answer = await _source.GetAsync(query, cancellationToken).ConfigureAwait(false);
        var guesses = new List<string>();
        var series = answer.NotModified ? [] : Read(answer, query, request, guesses);
        return new ProviderResponse
        {
            Series = series,
            Currency = _rows.Currency,
            Calendar = _rows.Calendar,
            NotModified = answer.NotModified,
            Validator = answer.Validator,
            Calls = answer.Calls,
            Bytes = answer.WireBytes,
            Warnings = guesses.Count == 0 ? [] : [$"The answer of {Name} was read with {string.Join(", ", guesses)}. These are guesses: set those that are wrong, or all to read on without this warning."],
        };
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _source.Dispose();

    private List<ProviderSeries> Read(HttpAnswer answer, HttpQuery query, ProviderRequest request, List<string> guesses)
    {
        var start = ServiceText.Start(answer.Body);
        if (Says(_rateLimited, start) is { } limit)
        {
            throw _source.Failure(ProviderErrorKind.RateLimited, query, $"received too many calls (\"{limit}\")");
        }

        if (Says(_notFound, start) is { } unknown)
        {
            throw _source.Failure(ProviderErrorKind.NotFound, query, $"does not know {query.Subject} (\"{unknown}\")");
        }

        if (!answer.IsSuccess)
        {
            throw _source.Refusal(query, answer);
        }

        string text;
        try
        {
            text = _isJson ? ToText(answer.Body, query) : CsvText.Decode(answer.Body, _rows.Encoding, guesses);
        }
        catch (DecoderFallbackException)
        {
            throw Bad(query, "bytes that are no text; the setting encoding names another encoding");
        }

        var zone = ExchangeZone.Find(_rows.TimeZone) ?? ExchangeZone.Of(request);
        var options = _isJson ? _rows with { Delimiter = '\t', HasHeader = true, SkipLines = 0, Decimal = _rows.Decimal ?? '.' } : _rows;
        List<ProviderSeries> series;
        try
        {
            series = CsvProvider.SeriesIn(text, "rows", options, request, zone, guesses);
        }
        catch (ProviderException unreadable)
        {
            // What the service wrote may repeat the key.
            throw Bad(query, unreadable.Message.TrimEnd('.'));
        }

        return series.Exists(s => string.Equals(s.DataType, request.DataType, StringComparison.OrdinalIgnoreCase))
            ? series
            : throw Refused(ProviderErrorKind.BadRequest, request, $"sends no column for {request.DataType}; its columns hold {string.Join(", ", series.Select(static s => s.DataType))}. Name the column under 'columns'");
    }

    private static string? Says(IReadOnlyList<string> words, string body) => words.FirstOrDefault(word => word.Length > 0 && body.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The rows of a JSON answer as a table of text: objects in a list, lists in a list, or objects by their dates.</summary>
    private string ToText(byte[] body, HttpQuery query)
    {
        using var document = JsonBody.TryParse(body) ?? throw Bad(query, "truncated or damaged JSON");
        var at = document.RootElement;
        foreach (var name in _rowsAt)
        {
            at = at.Find(name) ?? throw Bad(query, $"JSON without '{string.Join('.', _rowsAt)}'");
        }

        var rows = new List<Dictionary<string, string>>();
        var names = new List<string>();
        switch (at.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var row in at.EnumerateArray())
                {
                    rows.Add(Fields(row, null, names, query));
                }

                break;
            case JsonValueKind.Object:
                foreach (var row in at.EnumerateObject())
                {
                    rows.Add(Fields(row.Value, row.Name, names, query));
                }

                break;
            default:
                throw Bad(query, $"JSON whose '{string.Join('.', _rowsAt)}' is no list of rows");
        }

        var text = new StringBuilder().AppendJoin('\t', names.Count == 0 ? CsvColumn.UsualOrder : names.Select(Quoted)).Append('\n');
        foreach (var row in rows)
        {
            text.AppendJoin('\t', names.Select(name => Quoted(row.GetValueOrDefault(name, "")))).Append('\n');
        }

        return text.ToString();
    }

    private Dictionary<string, string> Fields(JsonElement row, string? date, List<string> names, HttpQuery query)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        if (date is not null)
        {
            Add(CsvColumn.Date, date);
        }

        switch (row.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in row.EnumerateObject())
                {
                    Add(field.Name, Text(field.Value));
                }

                break;
            case JsonValueKind.Array:
                var position = 0;
                foreach (var field in row.EnumerateArray())
                {
                    position++;
                    Add(_rows.Columns.Count == 0 && position <= CsvColumn.UsualOrder.Length ? CsvColumn.UsualOrder[position - 1] : position.ToString(CultureInfo.InvariantCulture), Text(field));
                }

                break;
            case JsonValueKind.Number or JsonValueKind.String or JsonValueKind.Null when date is not null:
                Add(CsvColumn.Value, Text(row));
                break;
            default:
                throw Bad(query, "JSON with a row that is no object and no list");
        }

        return fields;

        void Add(string name, string value)
        {
            fields[name] = value;
            if (!names.Contains(name))
            {
                names.Add(name);
            }
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array => "",
        _ => value.GetRawText(),
    };

    private static string Quoted(string field)
    {
        var line = field.ReplaceLineEndings(" ").Replace('\t', ' ').Replace('\0', ' ');
        return line.Contains('"', StringComparison.Ordinal) ? $"\"{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : line;
    }

    private string Value(string placeholder, ProviderRequest request)
    {
        var colon = placeholder.IndexOf(':', StringComparison.Ordinal);
        var (name, format) = colon < 0 ? (placeholder, "yyyy-MM-dd") : (placeholder[..colon], placeholder[(colon + 1)..]);
        var ticker = request.Ticker is { } t ? _tickers.GetValueOrDefault(t, t) : null;
        return name.ToLowerInvariant() switch
        {
            "ticker" => ticker ?? throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}"),
            "ticker_lower" => ticker?.ToLowerInvariant() ?? throw Refused(ProviderErrorKind.BadRequest, request, $"needs a ticker for {request.DataType}"),
            "data_type" => request.DataType,
            "frequency" => _frequencies.GetValueOrDefault(request.Frequency, request.Frequency),
            "id" => _services.DataTypes.TryGet(request.DataType, out var type) && type.Sources.TryGetValue(Name, out var source) ? source.Id
                : throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.DataType}: name its id under cache.data_types.{request.DataType}.sources.{Name}"),
            "start" => Day(request.Start, format, request),
            _ => Day(request.End, format, request),
        };
    }

    private static string Day(DateOnly day, string format, ProviderRequest request)
    {
        if (format is not ("unix" or "unix_ms"))
        {
            return day.ToString(format, CultureInfo.InvariantCulture);
        }

        var seconds = new DateTimeOffset(ExchangeZone.Of(request).StartOf(day)).ToUnixTimeSeconds();
        return (format == "unix" ? seconds : seconds * 1000).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A text with its placeholders filled.</summary>
    private static string Fill(string template, Func<string, string> value, ProviderSettings? check)
    {
        var filled = new StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                return filled.Append(template, at, template.Length - at).ToString();
            }

            var name = template[(open + 1)..close];
            if (check is not null && !Placeholders.Contains(name.Split(':')[0], StringComparer.OrdinalIgnoreCase))
            {
                throw check.Wrong("url", "an address whose placeholders are among " + string.Join(", ", Placeholders), $"{{{name}}}");
            }

            filled.Append(template, at, open - at).Append(value(name));
            at = close + 1;
        }

        return filled.ToString();
    }

    private ProviderException Bad(HttpQuery query, string what) => _source.Failure(ProviderErrorKind.BadResponse, query, $"answered for {query.Subject} with {what}");

    private ProviderException Refused(ProviderErrorKind kind, ProviderRequest request, string why) =>
        new(kind, $"Provider '{Name}' {why}.") { Target = request.Ticker ?? request.DataType, Provider = Name };
}
