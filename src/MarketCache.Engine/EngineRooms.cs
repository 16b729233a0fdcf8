using MarketCache.Engine.Calendars;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Diagnostics;
using MarketCache.Engine.Gateway;
using MarketCache.Engine.Providers;
using MarketCache.Engine.Series;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine;

/// <summary>Builds the engine's rooms out of a configuration, once, and closes them.</summary>
internal sealed class EngineRooms : IAsyncDisposable
{
    private readonly MemoryTier<string, Feed>? _memory;
    private readonly BackgroundRefresh _background;
    private readonly UseLog _uses;
    private readonly FolderUpkeep? _upkeep;
    private readonly IReadOnlyList<IMarketDataProvider> _providers;
    private readonly ISecretSource? _secrets;
    private bool _hasHandedOver;
    private int _isDisposed;

    /// <param name="options">The configuration.</param>
    /// <param name="time">The clock.</param>
    /// <param name="providers">Providers besides the configured ones.</param>
    /// <param name="secrets">Where configured providers find keys besides the environment.</param>
    /// <param name="counted">The counts to go on with, which another instance has handed over; null to start from zero.</param>
    public EngineRooms(
        MarketCacheOptions options, TimeProvider time, IEnumerable<IMarketDataProvider> providers, ISecretSource? secrets = null, CacheMetrics? counted = null)
    {
        Options = options;
        Time = time;
        _providers = [.. providers];
        _secrets = secrets;
        Metrics = counted ?? new CacheMetrics(time);
        Log = new CacheLog(options.Log, time);
        Warnings.Raised += Log.Warned;
        Types = options.MakeCatalog();
        Calendars = new CalendarCatalog(options.Calendars, options.TickerRules);
        Registry = new ProviderRegistry(options.AllProviders(), new ProviderFactory(
            BuiltInProviders.All, new ProviderServices { TimeProvider = time, DataTypes = Types, Calendars = Calendars, Secrets = secrets }));
        foreach (var provider in _providers)
        {
            Registry.Register(provider);
        }

        Store = OpenStore(options, time);
        var stats = Store is null ? null : new StatsFolder(Store);
        _memory = options.Memory.Enabled ? MemoryTierOf(options.Memory, time) : null;
        Tiers = new FeedTiers(_memory, Store is null ? null : new TierGuard(Store, time, Warnings.Add), options.Disk.Compression, time);
        Metrics.ObserveTiers(() => Tiers.Statistics);
        Gateway = new ProviderGateway(Registry, new GatewayOptions { Warn = Warnings.Add, Folder = stats, Observers = [Metrics, Log] }, time, Store is null ? null : Store.StatsFolder);
        Router = new SeriesRouter(Types, Calendars, Registry, options.Freshness);
        Fetcher = new FeedFetcher(Tiers, Router, Gateway, options.Freshness, time);
        _background = new BackgroundRefresh(Fetcher.RefreshAsync, Warnings.Add);
        _uses = new UseLog(Tiers, time);
        Reader = new SeriesReader(Tiers, Router, Fetcher, _background, _uses, options.Freshness, time);
        Counters = Store is null ? null : PersistedCounters.Open(Store.StatsFolder, time, Metrics, stats, goesOn: counted is not null);
        _upkeep = Store is null ? null : new FolderUpkeep(Store, time, error => Warnings.Add($"Maintenance of the cache folder failed: {error.Message}"));
        Markets = new MarketWatch(Router, time);
        Requests = new RequestDesk(this);
        Inventory = new SeriesInventory(this);
        Log.Opened(Store?.Folder);
    }

    /// <summary>The configuration.</summary>
    public MarketCacheOptions Options { get; private set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What users should know.</summary>
    public WarningBoard Warnings { get; } = new();

    /// <summary>What the cache has done.</summary>
    public CacheMetrics Metrics { get; }

    /// <summary>The log, which writes nothing where none is configured.</summary>
    public CacheLog Log { get; }

    /// <summary>What this and all other processes have done; null if there is no disk tier.</summary>
    public PersistedCounters? Counters { get; }

    /// <summary>Openings and closes.</summary>
    public MarketWatch Markets { get; }

    /// <summary>The data types.</summary>
    public DataTypeCatalog Types { get; private set; }

    /// <summary>The calendars.</summary>
    public CalendarCatalog Calendars { get; }

    /// <summary>The providers.</summary>
    public ProviderRegistry Registry { get; }

    /// <summary>Where providers are called.</summary>
    public ProviderGateway Gateway { get; }

    /// <summary>The store on disk, or null if it is disabled; its folder may not be usable now.</summary>
    public FolderTier? Store { get; }

    /// <summary>The tiers.</summary>
    public FeedTiers Tiers { get; }

    /// <summary>Requests to routes.</summary>
    public SeriesRouter Router { get; }

    /// <summary>Fetches.</summary>
    public FeedFetcher Fetcher { get; }

    /// <summary>Answers for stored series.</summary>
    public SeriesReader Reader { get; }

    /// <summary>Answers for all requests.</summary>
    public RequestDesk Requests { get; }

    /// <summary>What is cached.</summary>
    public SeriesInventory Inventory { get; }

    /// <summary>Completes when nothing runs in the background.</summary>
    public Task WhenIdle() => Task.WhenAll(_background.WhenIdle(), _uses.WhenIdle(), _upkeep?.WhenIdle() ?? Task.CompletedTask);

    /// <summary>Applies other limits, TTLs, freshness settings and provider settings; the other options stay.</summary>
    /// <param name="options">The options.</param>
    public void Change(MarketCacheOptions options)
    {
        Registry.Change(Options.AllProviders(), options.AllProviders());
        Options = options;
        Types = options.MakeCatalog();
        Fetcher.Freshness = options.Freshness;
        Reader.Freshness = options.Freshness;
        Router.Change(Types, options.Freshness);
        if (Store is not null)
        {
            Store.MaxBytes = BytesOf(options.Disk);
        }

        if (_memory is not null)
        {
            _memory.DefaultTtl = TimeSpan.FromHours(options.Memory.DefaultTtlHours);
            _memory.Resize(options.Memory.MaxSize, BytesOf(options.Memory));
        }

        Tiers.ForgetAnswers();
    }

    /// <summary>Builds rooms with other options that go on with these rooms' counts. These rooms end what is under way, which is counted there.</summary>
    /// <param name="options">The options.</param>
    public EngineRooms Rebuild(MarketCacheOptions options)
    {
        _hasHandedOver = true;
        Counters?.Dispose();
        return new EngineRooms(options, Time, _providers, _secrets, Metrics);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _background.DisposeAsync().ConfigureAwait(false);
        await _uses.DisposeAsync().ConfigureAwait(false);
        await Gateway.DisposeAsync().ConfigureAwait(false);
        await Registry.DisposeAsync().ConfigureAwait(false);
        Markets.Dispose();
        Counters?.Dispose();
        if (!_hasHandedOver)
        {
            Metrics.Dispose();
        }

        _memory?.Dispose();
        _upkeep?.Dispose();
        Store?.Dispose();
        Log.Dispose();
    }

    private static long BytesOf(MemoryOptions options) => (long)(options.MaxSizeMb * 1024 * 1024);

    private static long BytesOf(DiskOptions options) => (long)(options.MaxSizeGb * (1L << 30));

    private static MemoryTier<string, Feed> MemoryTierOf(MemoryOptions options, TimeProvider time) => new(
        new MemoryTierOptions
        {
            MaxEntries = options.MaxSize,
            MaxBytes = BytesOf(options),
            DefaultTtl = TimeSpan.FromHours(options.DefaultTtlHours),
        },
        static (_, feed) => feed.MemoryBytes,
        time);

    private static Dictionary<string, string> EnvironmentVariables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables[(string)variable.Key] = (string?)variable.Value ?? string.Empty;
        }

        return variables;
    }

    private FolderTier? OpenStore(MarketCacheOptions options, TimeProvider time)
    {
        var folder = options.Disk.CacheDir ?? PlatformFolders.Find(EnvironmentVariables()).Cache;
        if (!options.Disk.Enabled || folder is null)
        {
            return null;
        }

        var store = new FolderTier(new FolderTierOptions { Directory = folder, MaxBytes = BytesOf(options.Disk) }, time);
        store.Faults.Warning += Warnings.Add;
        store.Faults.Counted += kind => Metrics.RecordFault(kind);
        return store;
    }
}
