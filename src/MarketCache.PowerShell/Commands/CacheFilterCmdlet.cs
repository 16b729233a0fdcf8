using System.Management.Automation;
using MarketCache.PowerShell.Completion;

namespace MarketCache.PowerShell.Commands;

/// <summary>What cmdlets share that work on the cached series of a filter.</summary>
public abstract class CacheFilterCmdlet : MarketCacheCmdlet
{
    private readonly HashSet<string> _said = new(StringComparer.OrdinalIgnoreCase);

    private protected CacheFilterCmdlet()
    {
    }

    /// <summary>Tickers, with wildcards; null (from an entry without a ticker) means any.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Symbol")]
    [SupportsWildcards]
    [AllowNull]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string?[]? Ticker { get; set; }

    /// <summary>Data types, with wildcards.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DataTypeCompleter))]
    public string[]? DataType { get; set; }

    /// <summary>Providers, with wildcards.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Trading calendars, e.g. <c>XNYS</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CalendarCompleter))]
    public string[]? Calendar { get; set; }

    /// <summary>Only series whose newest fetch is older than this.</summary>
    [Parameter]
    [Parameters.AgeTransformation]
    public TimeSpan? OlderThan { get; set; }

    /// <summary>Only series that hold rows past their freshness.</summary>
    [Parameter]
    public SwitchParameter ExpiredOnly { get; set; }

    /// <summary>Keys of series, as <c>Get-MarketCacheEntry</c> gives them: entries that are piped in are meant exactly.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Key { get; set; }

    /// <summary>Whether the current input is an entry, which means that one series.</summary>
    private protected bool IsEntry => Key is not null && !_said.Contains(nameof(Key));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // What is bound now stands on the command line; the rest will come from the pipeline.
        _said.UnionWith(MyInvocation.BoundParameters.Keys);
    }

    /// <summary>The filter that the parameters describe.</summary>
    private protected CacheFilter Filter(IReadOnlyList<string>? tiers = null) => Filter(Key, tiers, IsEntry);

    /// <summary>The filter for entries that were piped in.</summary>
    private protected CacheFilter Filter(IReadOnlyCollection<string> keys, IReadOnlyList<string>? tiers = null) => Filter(keys, tiers, isEntry: true);

    private CacheFilter Filter(IReadOnlyCollection<string>? keys, IReadOnlyList<string>? tiers, bool isEntry)
    {
        return new CacheFilter
        {
            Keys = keys,
            Tickers = [.. Meant(nameof(Ticker), Ticker).Where(t => !string.IsNullOrEmpty(t)).Select(t => t!)],
            DataTypes = Meant(nameof(DataType), DataType),
            Providers = Meant(nameof(Provider), Provider),
            Calendars = Calendar ?? [],
            OlderThan = OlderThan,
            ExpiredOnly = ExpiredOnly,
            Tiers = tiers ?? [],
        };

        // An entry's key says all that its other properties say.
        T[] Meant<T>(string name, T[]? value) => value is null || (isEntry && !_said.Contains(name)) ? [] : value;
    }

    /// <summary>The filter in words, for messages and confirmation.</summary>
    private protected static string Describe(CacheFilter filter)
    {
        var parts = new List<string>();
        Add("key", [.. filter.Keys ?? []]);
        Add("ticker", filter.Tickers);
        Add("data type", filter.DataTypes);
        Add("provider", filter.Providers);
        Add("calendar", filter.Calendars);
        Add("tier", filter.Tiers);
        if (filter.OlderThan is { } age)
        {
            parts.Add($"fetched more than {age} ago");
        }

        if (filter.ExpiredOnly)
        {
            parts.Add("expired rows");
        }

        return parts.Count == 0 ? "every cached series" : "cached series with " + string.Join(", ", parts);

        void Add(string name, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                parts.Add($"{name} {string.Join(" or ", values)}");
            }
        }
    }
}
