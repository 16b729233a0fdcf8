using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>
/// Market data out of a folder of CSV files, plain, in zip archives or gzipped. A file whose adjusted close, volume, dividend or
/// split columns are known answers for those data types too. A file with anything wrong in it is refused whole.
/// </summary>
public sealed class CsvProvider : IMarketDataProvider
{
    private static readonly string[] Bars = [CsvColumn.Open, CsvColumn.High, CsvColumn.Low, CsvColumn.Close];
    private readonly CsvOptions _options;
    private readonly CsvFileLocator _files;

    /// <summary>Makes the provider; files are opened only when asked for.</summary>
    /// <param name="options">Where the files are and what they look like.</param>
    public CsvProvider(CsvOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _files = new CsvFileLocator(options);
        Capabilities = new ProviderCapabilities
        {
            Groups = Groups(options),
            Frequencies = options.Frequencies,
            Adjustments = new Dictionary<string, AdjustmentKinds>(StringComparer.OrdinalIgnoreCase)
            {
                ["ADJUSTED_CLOSE"] = AdjustmentKinds.Splits | AdjustmentKinds.Dividends,
            },
            IsLocal = true,
        };
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public ProviderCapabilities Capabilities { get; }

    /// <summary>What the engine knows of it.</summary>
    internal static ProviderDescriptor Descriptor { get; } = new()
    {
        Name = "Csv",
        Description = "Files of comma-separated values in a folder or a zip file",
        WorksUnconfigured = false,
        Settings = CsvSettings.All,
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings; files need nothing of them.</param>
    /// <exception cref="MarketDataException">A setting is missing or is not what it should be.</exception>
    public static CsvProvider FromOptions(ProviderOptions options, ProviderServices services) => new(CsvOptions.From(options));

    /// <inheritdoc/>
    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => Fetch(request, cancellationToken), cancellationToken);
    }

    private ProviderResponse Fetch(ProviderRequest request, CancellationToken cancellationToken)
    {
        if (_options.Frequencies.Count > 0 && !_options.Frequencies.Contains(request.Frequency, StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(request, $"has {string.Join(", ", _options.Frequencies)} rows, not {request.Frequency}");
        }

        if (_options.DataTypes.Count > 0 && !_options.DataTypes.Contains(request.DataType, StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(request, $"serves {string.Join(", ", _options.DataTypes)}, not {request.DataType}");
        }

        var location = _files.Locate(request);
        var text = _files.ReadText(location, request);
        cancellationToken.ThrowIfCancellationRequested();
        var intraday = IsIntraday(request.Frequency);
        var zone = intraday ? ExchangeZone.Find(_options.TimeZone) ?? ExchangeZone.Of(request) : null;
        var file = new CsvParser(_options, location.ToString(), zone).Parse(text);
        cancellationToken.ThrowIfCancellationRequested();

        var series = new List<ProviderSeries>();
        foreach (var type in TypesIn(file, request))
        {
            series.Add(new ProviderSeries(type, Rows(file, type, request, zone)) { Unit = type == "OHLCV" ? null : _options.Unit });
        }

        if (!series.Exists(s => string.Equals(s.DataType, request.DataType, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused(request, $"finds no column for {request.DataType} in {location}; its columns hold {string.Join(", ", series.Select(s => s.DataType))}. Name the column under 'columns'");
        }

        return new ProviderResponse { Series = series, Currency = _options.Currency, Calendar = _options.Calendar };
    }

    private static IReadOnlyList<IReadOnlyList<string>> Groups(CsvOptions options)
    {
        var types = options.DataTypes.Count > 0 ? options.DataTypes
            : options.Columns.Count > 0 ? TypesOf([.. options.Columns.Keys.Select(c => CsvColumn.Recognise(c) ?? c.ToUpperInvariant())])
            : !options.HasHeader ? TypesOf(CsvColumn.UsualOrder)
            : [];
        return types.Count == 0 ? []
            : options.FilePattern.Contains("{data_type}", StringComparison.OrdinalIgnoreCase) ? [.. types.Select(t => new[] { t })]
            : [types];
    }

    private static List<string> TypesOf(IReadOnlyCollection<string> columns)
    {
        var types = new List<string>();
        if (Bars.All(columns.Contains))
        {
            types.Add("OHLCV");
        }

        types.AddRange(columns.Select(CsvColumn.DataTypeOf).OfType<string>());
        return types;
    }

    private IEnumerable<string> TypesIn(CsvFile file, ProviderRequest request)
    {
        var types = TypesOf([.. file.Columns.Keys]);
        if (file.Columns.ContainsKey(CsvColumn.Value))
        {
            // Without either of these a value column would answer for any data type at all.
            var stated = _options.DataTypes.Count > 0 || _options.FilePattern.Contains("{data_type}", StringComparison.OrdinalIgnoreCase);
            if (stated && !types.Contains(request.DataType))
            {
                types.Add(request.DataType);
            }
        }

        return _options.DataTypes.Count == 0 ? types : types.Where(t => _options.DataTypes.Contains(t, StringComparer.OrdinalIgnoreCase));
    }

    private MarketTable Rows(CsvFile file, string type, ProviderRequest request, ExchangeZone? zone)
    {
        List<double?>[] sources = type == "OHLCV"
            ? [.. Bars.Select(b => file.Columns[b])]
            : [Source(file, type)];
        var isEvent = type is "DIVIDEND" or "SPLIT";
        var picked = new List<int>();
        for (var row = 0; row < file.Keys.Count; row++)
        {
            var day = zone is null ? (int)file.Keys[row]
                : zone.DayOf(new DateTime(file.Keys[row], DateTimeKind.Utc)).DayNumber;
            if (day < request.Start.DayNumber || day > request.End.DayNumber || Array.TrueForAll(sources, s => s[row] is null))
            {
                continue;
            }

            // Files with a column per day write 0 (or a factor of 1) on the days without an event.
            if (!isEvent || (sources[0][row] is not 0 && (type == "DIVIDEND" || sources[0][row] is not 1)))
            {
                picked.Add(row);
            }
        }

        var columns = new List<MarketColumn>
        {
            zone is null
                ? MarketColumn.OfDates(MarketTable.DateColumn, [.. picked.Select(r => DateOnly.FromDayNumber((int)file.Keys[r]))])
                : MarketColumn.OfInstants(MarketTable.TimeColumn, [.. picked.Select(r => new DateTime(file.Keys[r], DateTimeKind.Utc))]),
        };
        if (type != "OHLCV")
        {
            columns.Add(Doubles(CsvColumn.Value, sources[0], picked));
            return new MarketTable([.. columns]);
        }

        for (var i = 0; i < Bars.Length; i++)
        {
            columns.Add(Doubles(Bars[i], sources[i], picked));
        }

        columns.Add(Volumes(file.Columns.GetValueOrDefault(CsvColumn.Volume), picked));
        return new MarketTable([.. columns]);
    }

    private static List<double?> Source(CsvFile file, string type)
    {
        foreach (var (name, values) in file.Columns)
        {
            if (string.Equals(CsvColumn.DataTypeOf(name), type, StringComparison.OrdinalIgnoreCase))
            {
                return values;
            }
        }

        return file.Columns[CsvColumn.Value];
    }

    private static MarketColumn Doubles(string name, List<double?> source, List<int> picked) => MarketColumn.OfDoubles(
        name, [.. picked.Select(r => source[r] ?? 0)], [.. picked.Select(r => source[r] is not null)]);

    private MarketColumn Volumes(List<double?>? source, List<int> picked)
    {
        if (_options.HasFractionalVolume && source is not null)
        {
            return Doubles(CsvColumn.Volume, source, picked);
        }

        return MarketColumn.OfLongs(
            CsvColumn.Volume,
            [.. picked.Select(r => (long)(source?[r] ?? 0))],
            [.. picked.Select(r => source?[r] is not null)]);
    }

    private static bool IsIntraday(string frequency) => frequency.Length > 0 && char.IsAsciiDigit(frequency[0]);

    private ProviderException Refused(ProviderRequest request, string why) => new(ProviderErrorKind.BadRequest, $"Provider '{Name}' {why}.")
    {
        Target = request.Ticker ?? request.DataType,
        Provider = Name,
    };
}
