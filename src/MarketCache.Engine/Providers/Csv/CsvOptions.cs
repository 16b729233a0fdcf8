using MarketCache.Engine.Gateway;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>What a folder of CSV files looks like. The defaults fit files with a header line such as <c>Date,Open,High,Low,Close,Volume</c>.</summary>
public sealed record CsvOptions
{
    /// <summary>The provider's name.</summary>
    public string Name { get; init; } = "Csv";

    /// <summary>The folder, a zip archive of CSV files, or one file, absolute. No file outside it is ever opened. Null: each request names its own.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// The file by ticker: <c>{ticker}</c>, <c>{data_type}</c> and <c>{frequency}</c> are replaced; case makes no difference. Ends in
    /// <c>.zip</c> or <c>.gz</c> for packed files.
    /// </summary>
    public string FilePattern { get; init; } = "{ticker}.csv";

    /// <summary>Files of single tickers whose names do not follow the pattern, e.g. <c>^GSPC</c> → <c>sp500.csv</c>.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>(0);

    /// <summary>The file inside a zip archive, with the same placeholders; null for the only file or the one named like the archive.</summary>
    public string? Entry { get; init; }

    /// <summary>The file's encoding, e.g. <c>windows-1252</c>; null for a guess. A byte order mark counts first.</summary>
    public string? Encoding { get; init; }

    /// <summary>How many lines before the one with the columns' names, or before the first row, are passed over; null for a guess.</summary>
    public int? SkipLines { get; init; }

    /// <summary>Whether a line holds the columns' names; null for a guess.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// Where the values are: <c>Date</c>, <c>Open</c>, <c>High</c>, <c>Low</c>, <c>Close</c>, <c>Volume</c>, <c>AdjustedClose</c>,
    /// <c>Dividend</c>, <c>Split</c>, <c>Value</c> or a data type's name → the column's name in the header line or its position,
    /// counted from 1. Empty: by the usual names in the header, or Date, Open, High, Low, Close, Volume where there is none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>(0);

    /// <summary>.NET date formats tried in order, or <c>unix</c>, <c>unix_ms</c>, <c>unix_us</c> or <c>unix_ns</c> for time since 1970; empty for a guess.</summary>
    public IReadOnlyList<string> DateFormats { get; init; } = [];

    /// <summary>IANA zone of intraday times without offset; null for the exchange's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Prices and dividends are divided by this: 10000 where 162500 means 16.25.</summary>
    public double PriceScale { get; init; } = 1;

    /// <summary>Values other than prices and volumes are divided by this: 100 turns percent into fractions.</summary>
    public double ValueScale { get; init; } = 1;

    /// <summary>What separates the fields; null for a guess.</summary>
    public char? Delimiter { get; init; }

    /// <summary>What stands between whole and fraction, a point or a comma; null for a guess.</summary>
    public char? Decimal { get; init; }

    /// <summary>What groups digits besides blanks and apostrophes; empty for nothing, null for a guess.</summary>
    public string? Thousands { get; init; }

    /// <summary>Fields that mean "no value", without regard to case.</summary>
    public IReadOnlyList<string> MissingMarkers { get; init; } = DefaultMissingMarkers;

    /// <summary>The data types served; empty for those that the columns hold.</summary>
    public IReadOnlyList<string> DataTypes { get; init; } = [];

    /// <summary>The bar lengths that the files hold.</summary>
    public IReadOnlyList<string> Frequencies { get; init; } = ["daily"];

    /// <summary>Whether volumes may have decimals; they are then doubles, otherwise integers.</summary>
    public bool HasFractionalVolume { get; init; }

    /// <summary>ISO 4217 currency of the prices, or null.</summary>
    public string? Currency { get; init; }

    /// <summary>Unit of the values of single-value series, or null for the catalog's.</summary>
    public string? Unit { get; init; }

    /// <summary>The trading calendar of the files' tickers, or null for the engine's guess.</summary>
    public string? Calendar { get; init; }

    /// <summary>Files larger than this when unpacked are refused.</summary>
    public long MaxBytes { get; init; } = 256L << 20;

    /// <summary>The default of <see cref="MissingMarkers"/>.</summary>
    public static IReadOnlyList<string> DefaultMissingMarkers { get; } = ["", ".", "-", "--", "\u2013", "\u2014", "NA", "N/A", "#N/A", "NaN", "null", "None", "\\N"];

    /// <summary>Reads the settings of docs/providers.md.</summary>
    /// <param name="options">The provider's entry in the configuration.</param>
    /// <exception cref="MarketDataException">A setting is missing or is not what it should be.</exception>
    public static CsvOptions From(ProviderOptions options)
    {
        var settings = new ProviderSettings(options);
        return new CsvOptions
        {
            Name = options.Name,
            Path = settings.Has("path") ? settings.Folder("path") : null,
            Encoding = settings.Text("encoding") is { Length: > 0 } encoding ? CsvText.Find(encoding) is not null ? encoding : throw settings.Wrong("encoding", "the name of an encoding such as utf-8, utf-16 or windows-1252", encoding) : null,
            SkipLines = settings.Has("skip_lines") ? (int)settings.Number("skip_lines", 0, 0, 1000) : null,
            FilePattern = settings.Text("file", "{ticker}.csv"),
            Files = settings.Map("files"),
            Entry = settings.Text("entry"),
            HasHeader = settings.Has("header") ? settings.Flag("header", true) : null,
            Columns = settings.Map("columns"),
            DateFormats = settings.List("date_format", []),
            TimeZone = settings.Text("time_zone"),
            PriceScale = settings.Number("price_scale", 1, double.Epsilon, 1e15),
            ValueScale = settings.Number("value_scale", 1, double.Epsilon, 1e15),
            Delimiter = settings.Has("delimiter") ? settings.Character("delimiter", ',') : null,
            Decimal = settings.Text("decimal") switch { null or "" => null, "." => '.', "," => ',', var other => throw settings.Wrong("decimal", "'.' or ','", other) },
            Thousands = settings.Text("thousands") switch { null => null, "" or "none" => "", { Length: 1 } one => one, var other => throw settings.Wrong("thousands", "one character or none", other) },
            MissingMarkers = settings.List("missing", DefaultMissingMarkers),
            DataTypes = [.. settings.List("data_types", []).Select(t => t.Trim().ToUpperInvariant())],
            Frequencies = settings.List("frequencies", ["daily"]),
            HasFractionalVolume = settings.Flag("fractional_volume", false),
            Currency = settings.Text("currency"),
            Unit = settings.Text("unit"),
            Calendar = settings.Text("calendar"),
            MaxBytes = (long)(settings.Number("max_size_mb", 256, 0.001, 16384) * (1 << 20)),
        };
    }
}
