using System.Globalization;
using System.Text.Json;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Http;

namespace MarketCache.Engine.Providers.Fred;

/// <summary>
/// Interest rates and price indices from the Federal Reserve Bank of St. Louis: through its API with a key, through the downloads of
/// its graphs without. The catalog says which series a data type is and what its values are divided by (percent become fractions).
/// </summary>
public sealed class FredProvider : WebProvider
{
    private const int PageSize = 100_000;

    /// <summary>No series is longer than a few pages; an answer that goes on and on would spend the budget.</summary>
    private const int MostPages = 20;

    /// <summary>The service refuses earlier days.</summary>
    private static readonly DateOnly Earliest = new(1776, 7, 4);

    private readonly HttpSource _graph;
    private readonly DataTypeCatalog _catalog;

    private FredProvider(ProviderOptions options, ProviderServices services)
        : base(options, services, "https://api.stlouisfed.org", Descriptor.KeyVariable!)
    {
        _graph = new HttpSource(HttpSourceOptions.From(options, ["https://fred.stlouisfed.org"]), services.TimeProvider);
        _catalog = services.DataTypes;
        Capabilities = new ProviderCapabilities
        {
            Groups = [.. _catalog.All.Where(t => t.Sources.ContainsKey("Fred")).Select(t => new[] { t.Name })],

            // Data published less often than daily comes at its own frequency.
            Frequencies = ["daily"],
            HasVintages = true,
        };
    }

    /// <inheritdoc/>
    public override ProviderCapabilities Capabilities { get; }

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Fred",
        Description = "Interest rates and price indices from fred.stlouisfed.org",
        KeyVariable = "FRED_API_KEY",

        // Its documentation says that there is a limit, answered with 429, and gives no number (fred.stlouisfed.org/docs/api/fred/errors.html);
        // 120 a minute for each key is what authors of clients found. The download without a key is held to the same.
        FreeBudget = [BudgetLimit.PerMinute(120)],
        Settings = HttpSettings.All,
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings.</param>
    /// <exception cref="MarketDataException">A setting is not what it should be.</exception>
    public static FredProvider FromOptions(ProviderOptions options, ProviderServices services) => new(options, services);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _graph.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public override async Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_catalog.TryGet(request.DataType, out var type) || !type.Sources.TryGetValue("Fred", out var source))
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"has no {request.DataType}: the catalog has no Fred series for it");
        }

        if (request.Frequency != "daily" && !request.Frequency.Equals(type.NativeFrequency, StringComparison.OrdinalIgnoreCase))
        {
            throw Refused(ProviderErrorKind.BadRequest, request, $"publishes {type.Name} {type.NativeFrequency}, not {request.Frequency}");
        }

        var values = new FredValues(source.Divisor);
        var known = request.Parameters.GetValueOrDefault("as_known_on");
        var response = (known is null ? Key.Find() : Key.Require(request)) is { } key
            ? await FromApiAsync(request, source.Id, key, values, cancellationToken).ConfigureAwait(false)
            : await FromGraphAsync(request, source.Id, values, cancellationToken).ConfigureAwait(false);
        return response with { Series = response.NotModified ? [] : [new ProviderSeries(type.Name, values.ToTable()) { Unit = type.Unit }] };
    }

    private async Task<ProviderResponse> FromApiAsync(
        ProviderRequest request, string id, string key, FredValues values, CancellationToken cancellationToken)
    {
        var (calls, pages) = (0, 0);
        long bytes = 0;
        while (true)
        {
            var offset = values.Read;
            var query = new HttpQuery
            {
                Path = "fred/series/observations",
                Parameters =
                [
                    .. request.Parameters.GetValueOrDefault("as_known_on") is { } day ? new[] { ("realtime_start", day), ("realtime_end", day) } : [],
                    ("series_id", id),
                    ("file_type", "json"),
                    ("observation_start", HttpQuery.Day(request.Start < Earliest ? Earliest : request.Start)),
                    ("observation_end", HttpQuery.Day(request.End)),
                    ("sort_order", "asc"),
                    ("limit", PageSize.ToString(CultureInfo.InvariantCulture)),
                    ("offset", offset.ToString(CultureInfo.InvariantCulture)),
                ],
                SecretParameter = ("api_key", key),
                Subject = request.DataType,
                Validator = offset == 0 ? request.Validator : null,
            };
            if (++pages > MostPages)
            {
                throw Bad(Http, query, $"{offset} observations on {MostPages} pages and more to come");
            }

            var answer = await Http.GetAsync(query, cancellationToken).ConfigureAwait(false);
            calls += answer.Calls;
            bytes += answer.WireBytes;
            if (answer.NotModified)
            {
                return new ProviderResponse { Series = [], NotModified = true, Validator = answer.Validator, Calls = calls, Bytes = bytes };
            }

            if (ReadPage(answer, query, id, values))
            {
                // A validator of one page says nothing of the others.
                return new ProviderResponse { Series = [], Validator = offset == 0 ? answer.Validator : null, Calls = calls, Bytes = bytes };
            }
        }
    }

    /// <summary>Reads a page; says whether it was the last.</summary>
    private bool ReadPage(HttpAnswer answer, HttpQuery query, string id, FredValues values)
    {
        using var document = JsonBody.TryParse(answer.Body);
        if (!answer.IsSuccess)
        {
            throw ApiError(answer, query, id, document?.RootElement.Text("error_message"));
        }

        if (document?.RootElement is not { } page
            || page.Find("observations") is not { ValueKind: JsonValueKind.Array } observations
            || page.Find("count") is not { ValueKind: JsonValueKind.Number } total
            || !total.TryGetInt32(out var count))
        {
            throw Bad(Http, query, document is null ? "truncated or damaged JSON" : "JSON without observations");
        }

        var length = observations.GetArrayLength();
        foreach (var observation in observations.EnumerateArray())
        {
            if (!values.TryAdd(observation.Text("date"), observation.Text("value")))
            {
                throw Bad(Http, query, $"observation {values.Read + 1} that is not a date and a number, or is out of order");
            }
        }

        return values.Read >= count ? true
            : length > 0 ? false
            : throw Bad(Http, query, $"{values.Read} observations of {count}");
    }

    private ProviderException ApiError(HttpAnswer answer, HttpQuery query, string id, string? message)
    {
        if (message is null)
        {
            return Http.Refusal(query, answer);
        }

        return message.Contains("api_key", StringComparison.OrdinalIgnoreCase) ? Http.Failure(ProviderErrorKind.Unauthorized, query, $"rejected its key (\"{message}\")")
            : message.Contains("does not exist", StringComparison.OrdinalIgnoreCase) || message.Contains("series_id", StringComparison.OrdinalIgnoreCase)
            ? Http.Failure(ProviderErrorKind.NotFound, query, $"has no series {id} for {query.Subject} (\"{message}\")")
            : Http.Refusal(query, answer, message);
    }

    private Task<ProviderResponse> FromGraphAsync(ProviderRequest request, string id, FredValues values, CancellationToken cancellationToken)
    {
        var query = new HttpQuery
        {
            Path = "graph/fredgraph.csv",
            Parameters = [("id", id), ("cosd", HttpQuery.Day(request.Start < Earliest ? Earliest : request.Start)), ("coed", HttpQuery.Day(request.End))],
            Expects = BodyKind.Csv,
            Subject = request.DataType,
            Validator = request.Validator,
        };
        return AskAsync(
            _graph,
            query,
            answer =>
            {
                if (!answer.IsSuccess)
                {
                    throw answer.Status == System.Net.HttpStatusCode.NotFound
                        ? _graph.Failure(ProviderErrorKind.NotFound, query, $"has no series {id} for {query.Subject} (HTTP 404)")
                        : _graph.Refusal(query, answer);
                }

                ReadCsv(answer.Body, query, id, values);
                return [];
            },
            cancellationToken);
    }

    private void ReadCsv(byte[] body, HttpQuery query, string id, FredValues values)
    {
        // The last line ends like all others; one that does not was cut short, perhaps in the middle of a number.
        if (body.Length == 0 || body[^1] != (byte)'\n')
        {
            throw Bad(_graph, query, "a truncated file");
        }

        var lines = System.Text.Encoding.UTF8.GetString(body).TrimStart('\uFEFF').Split('\n');
        var header = lines[0].TrimEnd('\r').Split(',');
        if (header.Length != 2 || header[0] is not ("DATE" or "observation_date") || !header[1].Trim('"').Equals(id, StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(_graph, query, $"a file whose header is not 'observation_date,{id}'");
        }

        for (var i = 1; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
            {
                continue;
            }

            var fields = line.Split(',');
            if (fields.Length != 2 || !values.TryAdd(fields[0], fields[1]))
            {
                throw Bad(_graph, query, $"line {i + 1} that is not a date and a number, or is out of order");
            }
        }
    }
}
