using MarketCache.Engine.Calendars;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Reporting;
using MarketCache.Engine.Series;

namespace MarketCache.Engine;

/// <summary>The front door: answers requests from memory, disk and, for rows nobody has yet, from providers.</summary>
public sealed class MarketDataCache : IAsyncDisposable
{
    private readonly EngineRooms _rooms;

    private MarketDataCache(EngineRooms rooms)
    {
        _rooms = rooms;
        Providers = new ProviderDirectory(rooms.Registry, rooms.Gateway);
        Sessions = new TradingSessions(rooms.Calendars, rooms.Time);
        Archive = new SeriesArchive(rooms);
        var statistics = new StatisticsReader(
            rooms.Metrics, rooms.Counters, () => rooms.Tiers.Statistics, rooms.Warnings, rooms.Store?.Folder, rooms.Options.Disk.Enabled);
        var coverage = new CoverageReader(() => rooms.Types, rooms.Calendars, rooms.Router.PeriodsOf, () => rooms.Options.Freshness);
        Reports = new CacheReports(
            statistics, new ReportReader(rooms.Time, () => rooms.Types, rooms.Inventory.Survey, rooms.Counters, rooms.Gateway.States, statistics, coverage));
    }

    /// <summary>The configuration in force.</summary>
    public MarketCacheOptions Options => _rooms.Options;

    /// <summary>The data types there are.</summary>
    public DataTypeCatalog DataTypes => _rooms.Types;

    /// <summary>The providers.</summary>
    public ProviderDirectory Providers { get; }

    /// <summary>The trading calendars.</summary>
    public TradingSessions Sessions { get; }

    /// <summary>Cached series in a file, for other machines.</summary>
    public SeriesArchive Archive { get; }

    /// <summary>What the cache has done and holds, for people and for monitoring.</summary>
    public CacheReports Reports { get; }

    /// <summary>The tickers in memory, sorted. Reads no disk.</summary>
    public IReadOnlyList<string> TickersInMemory => _rooms.Inventory.TickersInMemory();

    /// <summary>Raised for warnings that belong to no single answer, such as a skipped tier or damage. Any thread may raise it.</summary>
    public event Action<string>? Warning
    {
        add => _rooms.Warnings.Raised += value;
        remove => _rooms.Warnings.Raised -= value;
    }

    /// <summary>A market opened whose sessions requests have dealt with, or that is watched.</summary>
    public event EventHandler<MarketEvent>? MarketOpened
    {
        add => _rooms.Markets.Opened += value;
        remove => _rooms.Markets.Opened -= value;
    }

    /// <summary>A market closed whose sessions requests have dealt with, or that is watched: bars of the day are final after its lag.</summary>
    public event EventHandler<MarketEvent>? MarketClosed
    {
        add => _rooms.Markets.Closed += value;
        remove => _rooms.Markets.Closed -= value;
    }

    internal EngineRooms Rooms => _rooms;

    /// <summary>Opens the cache. Reads no more than the folder's format marker.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="providers">Providers besides the configured ones.</param>
    /// <param name="secrets">Where configured providers find keys besides the environment: vaults, and keys handed to the session.</param>
    public static MarketDataCache Open(
        MarketCacheOptions options, TimeProvider? time = null, IEnumerable<IMarketDataProvider>? providers = null, ISecretSource? secrets = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MarketDataCache(new EngineRooms(options, time ?? TimeProvider.System, providers ?? [], secrets));
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="policy">How far to depart from the freshness rule; null for not at all.</param>
    /// <param name="cancellationToken">Ends the wait; a fetch shared with others goes on.</param>
    /// <exception cref="MarketDataException">The request is invalid, or nothing is cached and the provider did not answer.</exception>
    public ValueTask<MarketSeries> GetAsync(DataRequest request, FetchPolicy? policy = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _rooms.Requests.TryRecall(request, policy, out var answer)
            ? new ValueTask<MarketSeries>(answer)
            : _rooms.Requests.ServeAsync(request, policy ?? FetchPolicy.Default, cancellationToken);
    }

    /// <summary>Removes cached series.</summary>
    /// <param name="filter">Which.</param>
    /// <exception cref="MarketDataException">The folder cannot be written.</exception>
    public MaintenanceReport Clear(CacheFilter filter) => StoreErrors.Translate(() => _rooms.Inventory.ClearAsync(filter, CancellationToken.None));

    /// <summary>Lists cached series without reading their rows.</summary>
    /// <param name="filter">Which.</param>
    public IEnumerable<CacheEntry> Entries(CacheFilter filter) => _rooms.Inventory.List(filter);

    /// <summary>Reads and hashes everything on disk.</summary>
    /// <param name="repair">Whether to remove what is damaged.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="MarketDataException">The folder cannot be read, or not be written where it is to be mended.</exception>
    public VerificationReport Verify(bool repair, CancellationToken cancellationToken = default) =>
        _rooms.Store is { } store
            ? StoreErrors.Translate(() => store.VerifyAsync(repair, FeedMending.Without, cancellationToken))
            : new VerificationReport();

    /// <summary>Makes room down to the disk bound and removes objects that nobody references.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="MarketDataException">The folder cannot be read or written.</exception>
    public MaintenanceReport Trim(CancellationToken cancellationToken = default)
    {
        return _rooms.Store is { } store
            ? StoreErrors.Translate(async () =>
                await store.TrimAsync(null, cancellationToken).ConfigureAwait(false) + await store.SweepAsync(cancellationToken).ConfigureAwait(false))
            : new MaintenanceReport(0, 0, 0);
    }

    /// <summary>Does all of <see cref="Trim"/> and re-encodes what becomes smaller.</summary>
    /// <param name="cancellationToken">Ends the work; what has been done stays.</param>
    /// <exception cref="MarketDataException">The folder cannot be read or written.</exception>
    public async Task<MaintenanceReport> OptimizeAsync(CancellationToken cancellationToken = default)
    {
        var report = Trim(cancellationToken);
        return _rooms.Store is not null && Options.Disk.Compression
            ? report + await StoreErrors.TranslateAsync(() => new SeriesRecompression(_rooms).RunAsync(cancellationToken)).ConfigureAwait(false)
            : report;
    }

    /// <summary>What the cache has done in this process since it was opened, and holds at this moment.</summary>
    public MarketCacheStatistics GetStatistics() => Reports.Statistics();

    /// <summary>What the cache has done since a moment, in this and all other processes that used the same folder.</summary>
    /// <param name="since">The moment, UTC; taken down to the hour.</param>
    public MarketCacheStatistics GetStatistics(DateTime since) => Reports.Statistics(since);

    /// <summary>Watches a market for <see cref="MarketOpened"/> and <see cref="MarketClosed"/> that no request has dealt with yet.</summary>
    /// <param name="calendar">The calendar's id, e.g. <c>XLON</c>.</param>
    /// <exception cref="MarketDataException"><c>UnknownCalendar</c>: there is none of that name.</exception>
    public void Watch(string calendar) => _rooms.Markets.Watch(_rooms.Calendars.Get(calendar));

    /// <summary>
    /// Applies other options while requests are answered: limits, TTLs, bounds of the freshness rule, and configured providers. What is
    /// in memory stays. Other options (tiers, folders, data types, calendars) need <see cref="Reopen"/>, see
    /// <see cref="LoadedConfiguration.DiffersLive"/>.
    /// </summary>
    /// <param name="options">The options.</param>
    public void Change(MarketCacheOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _rooms.Change(options);
    }

    /// <summary>
    /// Opens a cache with any other options that goes on with this one's counts, and with the providers handed to <see cref="Open"/>. This one
    /// ends what is under way and is then to be disposed of.
    /// </summary>
    /// <param name="options">The options.</param>
    public MarketDataCache Reopen(MarketCacheOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MarketDataCache(_rooms.Rebuild(options));
    }

    /// <summary>Closes the cache. Background refreshes have five seconds to end; what has not come by then is cancelled.</summary>
    public ValueTask DisposeAsync() => _rooms.DisposeAsync();
}
