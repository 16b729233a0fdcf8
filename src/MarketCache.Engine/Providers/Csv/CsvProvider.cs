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
    private readonly ProviderOptions? _entry;

    /// <summary>Makes the provider; files are opened only when asked for.</summary>
    /// <param name="options">Where the files are and what they look like.</param>
    public CsvProvider(CsvOptions options)
        : this(options, null)
    {
    }

    private CsvProvider(CsvOptions options, ProviderOptions? entry)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _entry = entry;
        Capabilities = new ProviderCapabilities
        {
            Groups = Groups(options),
            Frequencies = options.Path is null ? [.. options.Frequencies, .. Frequency.All.Where(static f => f.IsIntraday).Select(static f => f.Name)] : options.Frequencies,
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
        Settings = CsvSettings.All,
        Create = FromOptions,
    };

    /// <summary>Makes the provider from its entry in the configuration.</summary>
    /// <param name="options">The entry.</param>
    /// <param name="services">The surroundings; files need nothing of them.</param>
    /// <exception cref="MarketDataException">A setting is missing or is not what it should be.</exception>
    public static CsvProvider FromOptions(ProviderOptions options, ProviderServices services) => new(CsvOptions.From(options), options);

    /// <inheritdoc/>
    public Task<ProviderResponse> FetchAsync(ProviderRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Task.Run(() => Fetch(request, cancellationToken), cancellationToken);
    }

    private ProviderResponse Fetch(ProviderRequest request, CancellationToken cancellationToken)
    {
        var options = OptionsOf(request);
        if (!Capabilities.Frequencies.Contains(request.Frequency, StringComparer.OrdinalIgnoreCase) && Capabilities.Frequencies.Count > 0)
        {
            throw Refused(request, $"has {string.Join(", ", options.Frequencies)} rows, not {request.Frequency}");
        }

        if (options.DataTypes.Count > 0 && !options.DataTypes.Contains(request.DataType, StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(request, $"serves {string.Join(", ", options.DataTypes)}, not {request.DataType}");
        }

        var guesses = new List<string>();
        var files = new CsvFileLocator(options);
        var location = files.Locate(request);
        var text = files.ReadText(location, request, guesses);
        cancellationToken.ThrowIfCancellationRequested();
        var zone = ExchangeZone.Find(options.TimeZone) ?? ExchangeZone.Of(request);
        var series = SeriesIn(text, location.ToString(), options, request, zone, guesses);
        cancellationToken.ThrowIfCancellationRequested();
        if (!series.Exists(s => string.Equals(s.DataType, request.DataType, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused(request, $"finds no column for {request.DataType} in {location}; its columns hold {string.Join(", ", series.Select(s => s.DataType))}. Name the column under 'columns'");
        }

        return new ProviderResponse
        {
            Series = series,
            Currency = options.Currency,
            Calendar = options.Calendar,
            Warnings = guesses.Count == 0 ? [] : [$"{location} was read with {string.Join(", ", guesses)}. These are guesses: set those that are wrong, or all to read on without this warning."],
        };
    }

    /// <summary>The series in a text that lie in the days asked for.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">What it is, for messages.</param>
    /// <param name="options">What it looks like.</param>
    /// <param name="request">The request.</param>
    /// <param name="zone">The zone of its moments.</param>
    /// <param name="guesses">Takes what was guessed.</param>
    /// <exception cref="ProviderException">Something is wrong in it.</exception>
    internal static List<ProviderSeries> SeriesIn(string text, string source, CsvOptions options, ProviderRequest request, ExchangeZone zone, List<string> guesses)
    {
        var intraday = IsIntraday(request.Frequency);
        var file = new CsvParser(options, source, zone, intraday, guesses).Parse(text, request.Ticker);
        return [.. TypesIn(file, options, request).Select(type =>
            new ProviderSeries(type, Rows(file, type, options, request, intraday ? zone : null)) { Unit = type == "OHLCV" ? null : options.Unit })];
    }

    /// <summary>The entry's settings with the request's over them.</summary>
    private CsvOptions OptionsOf(ProviderRequest request)
    {
        var options = _options;
        if (request.Parameters.Count > 0)
        {
            var settings = new Dictionary<string, object>(_entry?.Settings ?? new Dictionary<string, object>(0), StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in request.Parameters)
            {
                if (!CsvSettings.All.Any(setting => string.Equals(setting.Name, name, StringComparison.OrdinalIgnoreCase)))
                {
                    var names = CsvSettings.All.Select(static setting => setting.Name).ToList();
                    throw Refused(request, $"has no setting '{name}'{(NearestName.Find(name, names) is { } meant ? $" (did you mean '{meant}'?)" : "")}. It has: {string.Join(", ", names)}");
                }

                settings[name] = value;
            }

            try
            {
                options = CsvOptions.From(new ProviderOptions { Name = Name, Type = Descriptor.Name, Settings = settings, SourceFile = _entry?.SourceFile });
            }
            catch (MarketDataException wrong)
            {
                throw new ProviderException(ProviderErrorKind.BadRequest, wrong.Message, wrong) { Target = request.Ticker ?? request.DataType, Provider = Name };
            }
        }

        return options.Path is not null ? options : throw Refused(request, "needs the file or folder to read: -Parameter @{ path = '...' }, or 'path' in its entry under 'providers'");
    }

    private static IReadOnlyList<IReadOnlyList<string>> Groups(CsvOptions options)
    {
        var types = options.DataTypes.Count > 0 ? options.DataTypes
            : options.Columns.Count > 0 ? TypesOf([.. options.Columns.Keys.Select(c => CsvColumn.Recognise(c) ?? c.ToUpperInvariant())])
            : options.HasHeader == false ? TypesOf(CsvColumn.UsualOrder)
            : [];
        return types.Count == 0 ? []
            : options.FilePattern.Contains("{data_type}", StringComparison.OrdinalIgnoreCase) ? [.. types.Select(t => new[] { t })]
            : [types];
    }

    private static List<string> TypesOf(IReadOnlyCollection<string> columns)
    {
        var types = new List<string>();
        if (columns.Contains(CsvColumn.Close) || columns.Contains(CsvColumn.Price))
        {
            types.Add("OHLCV");
        }

        types.AddRange(columns.Select(CsvColumn.DataTypeOf).OfType<string>());
        return types;
    }

    private static IEnumerable<string> TypesIn(CsvFile file, CsvOptions options, ProviderRequest request)
    {
        var types = TypesOf([.. file.Columns.Keys]);
        if (file.Columns.ContainsKey(CsvColumn.Value))
        {
            // Without either of these a value column would answer for any data type at all.
            var stated = options.DataTypes.Count > 0 || options.FilePattern.Contains("{data_type}", StringComparison.OrdinalIgnoreCase);
            if (stated && !types.Contains(request.DataType))
            {
                types.Add(request.DataType);
            }
        }

        return options.DataTypes.Count == 0 ? types : types.Where(t => options.DataTypes.Contains(t, StringComparer.OrdinalIgnoreCase));
    }

    private static MarketTable Rows(CsvFile file, string type, CsvOptions options, ProviderRequest request, ExchangeZone? zone)
    {
        // A file of closes alone has bars without the other prices.
        List<double?>[] sources = type == "OHLCV"
            ? [.. Bars.Select(b => file.Columns.GetValueOrDefault(b) ?? [.. new double?[file.Keys.Count]])]
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

        columns.Add(Volumes(file.Columns.GetValueOrDefault(CsvColumn.Volume), picked, options));
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

    private static MarketColumn Volumes(List<double?>? source, List<int> picked, CsvOptions options)
    {
        if (options.HasFractionalVolume && source is not null)
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
