namespace MarketCache.Engine.Series;

/// <summary>What a request over a range of periods finds and what is missing.</summary>
internal sealed class SeriesPlan
{
    /// <summary>A plan for a range in which nothing is expected.</summary>
    public static SeriesPlan Nothing { get; } = new();

    /// <summary>First period of the range.</summary>
    public int First { get; init; }

    /// <summary>End (exclusive) of the periods of the range that have opened.</summary>
    public int End { get; init; }

    /// <summary>The stretches that are unknown or expired, ascending.</summary>
    public IReadOnlyList<PeriodSpan> Needs { get; init; } = [];

    /// <summary>Periods in <see cref="Needs"/>.</summary>
    public int Needed { get; init; }

    /// <summary>The stretches that no fetch has answered, ascending.</summary>
    public IReadOnlyList<PeriodSpan> Gaps { get; init; } = [];

    /// <summary>Periods of the range that no fetch has answered.</summary>
    public int Missing { get; init; }

    /// <summary>The known stretches whose rows may still change, ascending.</summary>
    public IReadOnlyList<PeriodSpan> Provisional { get; init; } = [];

    /// <summary>UTC ticks of the oldest fetch among the known periods; <see cref="long.MaxValue"/> if none is known.</summary>
    public long OldestFetch { get; init; } = long.MaxValue;

    /// <summary>UTC ticks at which the first row that is fresh now expires or the next period opens; <see cref="long.MaxValue"/> for never.</summary>
    public long NextRefresh { get; init; } = long.MaxValue;

    /// <summary>
    /// UTC ticks at which the first of the expired rows expired; <see cref="long.MaxValue"/> if none has, 0 if the clock was
    /// set back since and nobody can tell.
    /// </summary>
    public long ExpiredSince { get; init; } = long.MaxValue;

    /// <summary>Fresh periods in the last fifth of their life, that an eager refresh would fetch.</summary>
    public IReadOnlyList<PeriodSpan> Aging { get; init; } = [];

    /// <summary>Known stretches for which an answer came without any row, though rows should be there.</summary>
    public IReadOnlyList<PeriodSpan> Doubtful { get; init; } = [];

    /// <summary>What a call should bring, where one is made at all: what is needed, and what is in doubt.</summary>
    public IReadOnlyList<PeriodSpan> Wanted => Doubtful.Count == 0 || Needs.Count == 0 ? Needs : [.. Needs.Concat(Doubtful).OrderBy(static span => span.First)];

    /// <summary>Whether the range can be answered without a provider call.</summary>
    public bool IsComplete => Needs.Count == 0;

    /// <summary>Joins stretches that lie near each other into provider calls.</summary>
    /// <param name="spans">The stretches, ascending.</param>
    /// <param name="mergeGap">Stretches this many periods apart, or fewer, travel together.</param>
    public static List<PeriodSpan> Merge(IReadOnlyList<PeriodSpan> spans, int mergeGap)
    {
        var calls = new List<PeriodSpan>(spans.Count);
        foreach (var span in spans)
        {
            if (calls.Count > 0 && span.First - calls[^1].Last <= Math.Max(1, mergeGap))
            {
                calls[^1] = calls[^1] with { Last = Math.Max(calls[^1].Last, span.Last) };
            }
            else
            {
                calls.Add(span);
            }
        }

        return calls;
    }
}
