using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>What a report shows: all of its numbers, none of its looks.</summary>
internal sealed record CacheReport
{
    /// <summary>When it was made, UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>Counts since the moment requested, and what the tiers hold.</summary>
    public required MarketCacheStatistics Statistics { get; init; }

    /// <summary>The time axis without holes; empty if nothing was counted.</summary>
    public required IReadOnlyList<ReportSlot> Slots { get; init; }

    /// <summary>How long a slot is: an hour, a day or a week from Monday on.</summary>
    public required TimeSpan SlotLength { get; init; }

    /// <summary>Sizes by data type, largest first.</summary>
    public required IReadOnlyList<DataTypeSize> Sizes { get; init; }

    /// <summary>Coverage, largest series first.</summary>
    public required IReadOnlyList<CoverageStrip> Coverage { get; init; }

    /// <summary>How many of <see cref="Coverage"/> are drawn as calendars.</summary>
    public required int Calendars { get; init; }

    /// <summary>Series of which the coverage is left out.</summary>
    public required int SeriesLeftOut { get; init; }

    /// <summary>Data types of which the size is left out.</summary>
    public required int SizesLeftOut { get; init; }

    /// <summary>Series that match the filter.</summary>
    public required int Series { get; init; }

    /// <summary>The filter in words; null if it is of every series.</summary>
    public required string? FilterText { get; init; }

    /// <summary>The providers that were asked or cannot be asked, by name.</summary>
    public required IReadOnlyList<ProviderLine> Providers { get; init; }

    /// <summary>How long answers took, by the slowest place they needed.</summary>
    public required IReadOnlyDictionary<AnswerSource, ResponseTimes> Answers { get; init; }

    /// <summary>Whether there is nothing to report: no series and no request.</summary>
    public bool IsEmpty => Series == 0 && Statistics.Requests == 0;

    /// <summary>All that is wrong now.</summary>
    public IEnumerable<string> Warnings() => Statistics.Tiers
        .Where(t => t.Problem is not null)
        .Select(t => $"The {t.Tier.ToLowerInvariant()} tier is skipped: {t.Problem}")
        .Concat(Statistics.Warnings)
        .Concat(Providers.Select(p => p.Problem()).OfType<string>());

    /// <summary>What can be said where nothing is wrong now; failures that were overcome are not left out.</summary>
    public string Wellness()
    {
        var s = Statistics;
        var calls = s.ProviderFailures > 0 ? $"{QuantityText.Count(s.ProviderFailures)} of {QuantityText.Count(s.ProviderCalls)} provider calls failed, and later ones succeeded"
            : s.ProviderCalls > 0 ? $"all {QuantityText.Count(s.ProviderCalls)} provider calls succeeded"
            : "no provider was called";
        var errors = s.Errors == 0 ? string.Empty : $"; {QuantityText.Count(s.Errors)} of {QuantityText.Count(s.Requests)} requests ended in an error";
        return $"{(s.ProviderFailures + s.Errors == 0 ? "All is well: every" : "Every")} tier in use works; {calls}{errors}.";
    }
}
