using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Caching;

/// <summary>
/// What the tiers hold of one series: what is known of it, and the rows of a contiguous stretch of its blocks. Immutable but for
/// <see cref="CachedBlock.Entry"/> and <see cref="Answers"/>.
/// </summary>
internal sealed class CachedSeries
{
    private const long TouchTicks = 5 * TimeSpan.TicksPerMinute;
    private static readonly IReadOnlyDictionary<string, string> NoProperties = new Dictionary<string, string>(0);
    private long _nextTouch;

    /// <summary>The series' canonical key.</summary>
    public required string Key { get; init; }

    /// <summary>Which keys are known, ascending.</summary>
    public IReadOnlyList<CoverageRun> Runs { get; init; } = [];

    /// <summary>The blocks, ascending.</summary>
    public IReadOnlyList<CachedBlock> Blocks { get; init; } = [];

    /// <summary>Index of the first block whose rows are in <see cref="Rows"/>.</summary>
    public int FirstLoaded { get; init; }

    /// <summary>Number of blocks whose rows are in <see cref="Rows"/>.</summary>
    public int LoadedCount { get; init; }

    /// <summary>The rows of the loaded blocks.</summary>
    public MarketTable Rows { get; init; } = MarketTable.Empty;

    /// <summary>Counts the adjustment epochs.</summary>
    public int Epoch { get; init; }

    /// <summary>Grows with every update.</summary>
    public long Version { get; init; }

    /// <summary>Small facts about the series, names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = NoProperties;

    /// <summary>How often a use of the series in memory is told to the disk, whose least recently used series go first.</summary>
    public static TimeSpan TouchInterval => TimeSpan.FromTicks(TouchTicks);

    /// <summary>Recent answers from exactly this state, kept by the front door. Any thread may replace it.</summary>
    public object? Answers { get; set; }

    /// <summary>Approximate managed memory of <see cref="Answers"/>, in bytes.</summary>
    public long AnswerBytes { get; set; }

    /// <summary>Approximate managed memory, in bytes.</summary>
    public long MemoryBytes => 400 + AnswerBytes + (2L * Key.Length) + Rows.MemoryBytes + (40L * Runs.Count) + (112L * Blocks.Count);

    /// <summary>Notes a use; true where the disk has not been told of one for <see cref="TouchInterval"/>, and so is to be now.</summary>
    /// <param name="now">The moment, UTC ticks; the clock may have been set.</param>
    public bool NoteUse(long now)
    {
        var next = Volatile.Read(ref _nextTouch);
        return (ulong)(next - now - 1) >= TouchTicks && Interlocked.CompareExchange(ref _nextTouch, now + TouchTicks, next) == next;
    }

    /// <summary>The same series as a manifest. Every block must have its object.</summary>
    public SeriesManifest ToManifest()
    {
        var blocks = new BlockEntry[Blocks.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = Blocks[i].Entry ?? throw new InvalidOperationException($"Block {i} of '{Key}' has not been stored.");
        }

        return new SeriesManifest
        {
            Key = Key,
            Runs = Runs,
            Blocks = blocks,
            Epoch = Epoch,
            Version = Version,
            Properties = Properties,
        };
    }

    /// <summary>The series of a manifest, with no rows loaded.</summary>
    /// <param name="manifest">The manifest.</param>
    public static CachedSeries Of(SeriesManifest manifest)
    {
        var blocks = new CachedBlock[manifest.Blocks.Count];
        for (var i = 0; i < blocks.Length; i++)
        {
            var entry = manifest.Blocks[i];
            blocks[i] = new CachedBlock(entry.FirstKey, entry.LastKey, entry.Rows, entry);
        }

        return new CachedSeries
        {
            Key = manifest.Key,
            Runs = manifest.Runs,
            Blocks = blocks,
            Epoch = manifest.Epoch,
            Version = manifest.Version,
            Properties = manifest.Properties,
        };
    }

    /// <summary>The indexes of the first and last block that overlap two keys; an empty range (last below first) where none does.</summary>
    /// <param name="firstKey">First key.</param>
    /// <param name="lastKey">Last key.</param>
    public (int First, int Last) BlocksBetween(long firstKey, long lastKey)
    {
        var first = 0;
        while (first < Blocks.Count && Blocks[first].LastKey < firstKey)
        {
            first++;
        }

        var last = Blocks.Count - 1;
        while (last >= 0 && Blocks[last].FirstKey > lastKey)
        {
            last--;
        }

        return (first, last);
    }

    /// <summary>Whether the rows of every block between two keys are loaded.</summary>
    /// <param name="firstKey">First key.</param>
    /// <param name="lastKey">Last key.</param>
    public bool IsLoaded(long firstKey, long lastKey)
    {
        var (first, last) = BlocksBetween(firstKey, lastKey);
        return last < first || (first >= FirstLoaded && last < FirstLoaded + LoadedCount);
    }

    /// <summary>Whether rows between two keys can be put among the loaded ones: no block that is not loaded lies between.</summary>
    /// <param name="firstKey">First key.</param>
    /// <param name="lastKey">Last key.</param>
    public bool IsOpenFor(long firstKey, long lastKey)
    {
        var (first, last) = BlocksBetween(firstKey, lastKey);
        return first >= FirstLoaded && first <= FirstLoaded + LoadedCount && last < FirstLoaded + LoadedCount;
    }

    /// <summary>The same series with other properties and the next version.</summary>
    /// <param name="properties">The properties.</param>
    public CachedSeries With(IReadOnlyDictionary<string, string> properties) => new()
    {
        Key = Key,
        Runs = Runs,
        Blocks = Blocks,
        FirstLoaded = FirstLoaded,
        LoadedCount = LoadedCount,
        Rows = Rows,
        Epoch = Epoch,
        Version = Version + 1,
        Properties = properties,
    };
}
