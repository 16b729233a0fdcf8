using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MarketCache.Engine.Tables;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Series;

/// <summary>
/// Everything known about one feed. What one provider call returns is fetched, versioned, saved and removed as a whole. Rows are in
/// blocks, of which a contiguous stretch is loaded; the others can be loaded by hash.
/// Immutable except for what the front door keeps beside it (<see cref="Answers"/>, <see cref="LookedAt"/>).
/// </summary>
internal sealed record Feed
{
    private const long TouchTicks = 5 * TimeSpan.TicksPerMinute;
    private long _nextTouch;
    private long _answerBytes;

    public Feed()
    {
    }

    // What is kept beside a state belongs to that state only.
    private Feed(Feed other)
    {
        Key = other.Key;
        Stored = other.Stored;
        Stamp = other.Stamp;
        Version = other.Version;
        IsSaved = other.IsSaved;
        Views = other.Views;
        Facts = other.Facts;
        Actions = other.Actions;
        Blocks = other.Blocks;
        FirstLoaded = other.FirstLoaded;
        LoadedCount = other.LoadedCount;
        Tail = other.Tail;
        LookedAt = other.LookedAt;
    }

    /// <summary>The feed's canonical key.</summary>
    public string Key { get; init; } = string.Empty;

    /// <summary>The stored state that this one is, or was built on; null if it was built on nothing.</summary>
    public FeedState? Stored { get; init; }

    /// <summary>The clear on which the state stands, UTC ticks; 0 if the feed was never cleared.</summary>
    public long Stamp { get; init; }

    /// <summary>Counts the replacements since that clear.</summary>
    public long Version { get; init; }

    /// <summary>Whether <see cref="Stored"/> is this very state.</summary>
    public bool IsSaved { get; init; }

    /// <summary>The data types, current and kept.</summary>
    public IReadOnlyList<FeedView> Views { get; init; } = [];

    /// <summary>Small facts.</summary>
    public FeedFacts Facts { get; init; } = FeedFacts.None;

    /// <summary>The splits and dividends known of the ticker, ascending.</summary>
    public IReadOnlyList<CorporateAction> Actions { get; init; } = [];

    /// <summary>The blocks, ascending; the last one is the feed's own file.</summary>
    public IReadOnlyList<FeedBlock> Blocks { get; init; } = [new FeedBlock(long.MinValue, null, IsChanged: true)];

    /// <summary>Index of the first block whose rows are loaded.</summary>
    public int FirstLoaded { get; init; }

    /// <summary>Number of blocks whose rows are loaded.</summary>
    public int LoadedCount { get; init; } = 1;

    /// <summary>The encoded rows of the last block as they are stored; empty if they have changed since.</summary>
    public ReadOnlyMemory<byte> Tail { get; init; }

    /// <summary>How often the disk is notified that a feed in memory is in use; the disk evicts the least recently used feeds first.</summary>
    public static TimeSpan TouchInterval => TimeSpan.FromTicks(TouchTicks);

    /// <summary>When the folder was last asked whether this is still its state (timestamp of the clock).</summary>
    public long LookedAt { get; set; }

    /// <summary>Recent answers from exactly this state. Any thread may replace it.</summary>
    public AnswerMemo? Answers { get; set; }

    /// <summary>Approximate managed memory, in bytes.</summary>
    public long MemoryBytes => 600 + Volatile.Read(ref _answerBytes) + (2L * Key.Length) + Tail.Length + (48L * Blocks.Count)
        + (8L * Actions.Count) + Views.Sum(static view => 160L + (40L * view.Runs.Count) + (4L * view.Counts.Count)) + RowBytes();

    /// <summary>Whether every block is loaded.</summary>
    public bool IsWhole => LoadedCount == Blocks.Count;

    /// <summary>The current view of a data type, or null.</summary>
    /// <param name="type">The data type's name.</param>
    public FeedView? Find(string type) => Find(type, isKept: false);

    /// <summary>The kept view of a data type, or null.</summary>
    /// <param name="type">The data type's name.</param>
    public FeedView? FindKept(string type) => Find(type, isKept: true);

    /// <summary>The first key that belongs to the block after one.</summary>
    /// <param name="index">Index of the block.</param>
    /// <returns>Its last possible key.</returns>
    public long LastKeyOf(int index) => index + 1 < Blocks.Count ? Blocks[index + 1].From - 1 : long.MaxValue;

    /// <summary>The blocks that can hold rows between two keys.</summary>
    /// <param name="first">First key.</param>
    /// <param name="last">Last key.</param>
    public (int First, int Last) BlocksBetween(long first, long last)
    {
        var from = Blocks.Count - 1;
        while (from > 0 && Blocks[from].From > first)
        {
            from--;
        }

        var to = from;
        while (to + 1 < Blocks.Count && Blocks[to + 1].From <= last)
        {
            to++;
        }

        return (from, to);
    }

    /// <summary>Whether the rows between two keys are loaded.</summary>
    /// <param name="first">First key.</param>
    /// <param name="last">Last key.</param>
    public bool IsLoaded(long first, long last)
    {
        var (from, to) = BlocksBetween(first, last);
        return from >= FirstLoaded && to < FirstLoaded + LoadedCount;
    }

    /// <summary>The feed with one view replaced or added.</summary>
    /// <param name="view">The view.</param>
    public Feed With(FeedView view)
    {
        var views = Views.Where(v => v.Type != view.Type || v.IsKept != view.IsKept).Append(view)
            .OrderBy(static v => v.IsKept).ThenBy(static v => v.Type, StringComparer.Ordinal);
        return this with { Views = [.. views], IsSaved = false };
    }

    /// <summary>The feed with a view's rows in the loaded blocks replaced; blocks whose rows differ are marked as changed.</summary>
    /// <param name="view">The view with its new rows.</param>
    /// <param name="first">First key that may differ.</param>
    /// <param name="last">Last key that may differ.</param>
    public Feed WithRows(FeedView view, long first, long last)
    {
        var before = Find(view.Type, view.IsKept);
        var blocks = Blocks.ToArray();
        var counts = new int[blocks.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = before is not null && i < before.Counts.Count ? before.Counts[i] : 0;
        }

        for (var i = FirstLoaded; i < FirstLoaded + LoadedCount; i++)
        {
            var (from, to) = (blocks[i].From, LastKeyOf(i));
            var rows = RowKeys.Between(view.Rows, from, to);
            counts[i] = rows.RowCount;
            if (from <= last && to >= first && !blocks[i].IsChanged && !SameRows(before, rows, from, to))
            {
                blocks[i] = blocks[i] with { IsChanged = true };
            }
        }

        return With(view with { Counts = counts }) with { Blocks = blocks };
    }

    /// <summary>The feed without a view.</summary>
    /// <param name="view">The view.</param>
    public Feed Without(FeedView view) =>
        WithRows(view with { Rows = MarketTable.Empty }, long.MinValue, long.MaxValue) with { Views = [.. Views.Where(v => v.BlockName != view.BlockName)] };

    /// <summary>Keeps an answer beside the state it was made of.</summary>
    /// <param name="answer">The answer.</param>
    public void Remember(Answer answer)
    {
        var memo = AnswerMemo.With(Answers, answer);
        Answers = memo;
        Volatile.Write(ref _answerBytes, memo.MemoryBytes);
    }

    /// <summary>Forgets the answers because something they depend on, such as a TTL, has changed.</summary>
    public void ForgetAnswers()
    {
        Answers = null;
        Volatile.Write(ref _answerBytes, 0);
    }

    /// <summary>Notes a use; true if the disk was not notified for five minutes and should be now.</summary>
    /// <param name="now">The moment, UTC ticks; the clock may have been set.</param>
    public bool NoteUse(long now)
    {
        var next = Volatile.Read(ref _nextTouch);
        return (ulong)(next - now - 1) >= TouchTicks && Interlocked.CompareExchange(ref _nextTouch, now + TouchTicks, next) == next;
    }

    private FeedView? Find(string type, bool isKept)
    {
        foreach (var view in Views)
        {
            if (view.IsKept == isKept && string.Equals(view.Type, type, StringComparison.OrdinalIgnoreCase))
            {
                return view;
            }
        }

        return null;
    }

    private static bool SameRows(FeedView? before, MarketTable rows, long from, long to)
    {
        var old = before is null ? MarketTable.Empty : RowKeys.Between(before.Rows, from, to);
        if (old.RowCount != rows.RowCount)
        {
            return false;
        }

        if (rows.RowCount == 0)
        {
            return true;
        }

        // A column more, or another kind, is what other rows of the type brought; these are as they were.
        var (left, right) = TableShape.Align(old, rows);
        return left.ContentEquals(right);
    }

    /// <summary>The memory of the loaded rows; columns that views share count once.</summary>
    private long RowBytes()
    {
        var seen = new List<MarketColumn>();
        long bytes = 0;
        foreach (var view in Views)
        {
            foreach (var column in view.Rows.Columns)
            {
                bytes += 64;
                if (!seen.Exists(other => SharesMemory(other, column)))
                {
                    seen.Add(column);
                    bytes += column.MemoryBytes;
                }
            }
        }

        return bytes;
    }

    private static bool SharesMemory(MarketColumn a, MarketColumn b) => (a, b) switch
    {
        (MarketColumn<DateOnly> x, MarketColumn<DateOnly> y) => Shares(x.Values, y.Values),
        (MarketColumn<DateTime> x, MarketColumn<DateTime> y) => Shares(x.Values, y.Values),
        (MarketColumn<double> x, MarketColumn<double> y) => Shares(x.Values, y.Values),
        (MarketColumn<long> x, MarketColumn<long> y) => Shares(x.Values, y.Values),
        _ => ReferenceEquals(a, b),
    };

    private static bool Shares<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) =>
        a.Length == b.Length && Unsafe.AreSame(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b));
}
