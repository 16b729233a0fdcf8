namespace MarketCache;

/// <summary>What a provider can answer.</summary>
public sealed record ProviderCapabilities
{
    /// <summary>
    /// The data types that travel in one answer, as groups: a request for one type of a group returns the others too, for the
    /// same rows. A provider that answers any type (a script, a folder of files) leaves this empty.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Groups { get; init; } = [];

    /// <summary>Canonical frequencies offered; empty for any.</summary>
    public IReadOnlyList<string> Frequencies { get; init; } = ["daily"];

    /// <summary>Which corporate actions rewrite the history of a data type; types not named are never rewritten.</summary>
    public IReadOnlyDictionary<string, AdjustmentKinds> Adjustments { get; init; } = new Dictionary<string, AdjustmentKinds>(0);

    /// <summary>How long after a session's close the provider may still correct its rows, beyond the data type's own settle time.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Whether it can tell what was known on a day: a request's parameter <c>as_known_on</c> (yyyy-MM-dd) then asks for the values as published
    /// until then. Requests with it are refused for other providers.
    /// </summary>
    public bool HasVintages { get; init; }

    /// <summary>
    /// How long after a session's close the provider may still correct volumes, where that is longer than <see cref="Settle"/>; of daily and
    /// longer bars.
    /// </summary>
    public TimeSpan VolumeSettle { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// How many known sessions before the missing ones a call brings along, so that corrections that come after rows have settled are seen;
    /// only where the provider can serve them in the same call.
    /// </summary>
    public int LooksBack { get; init; }

    /// <summary>
    /// Whether the provider serves bars before the open and after the close only on request: then a request that wants them has the parameter
    /// <see cref="ExtendedHoursParameter"/>.
    /// </summary>
    public bool HasExtendedHours { get; init; }

    /// <summary>The parameter by which a provider is asked for bars before the open and after the close: <c>extended_hours</c>, <c>true</c>.</summary>
    public const string ExtendedHoursParameter = "extended_hours";

    /// <summary>Whether the values are made up; then every answer says so.</summary>
    public bool IsSynthetic { get; init; }

    /// <summary>Whether calls cost nothing and reach no network, so that budgets do not apply (files, generated values).</summary>
    public bool IsLocal { get; init; }

    /// <summary>
    /// Whether calls can be made only while somebody waits for them (a script that runs in its user's session): then nothing is refreshed in
    /// the background.
    /// </summary>
    public bool NeedsCaller { get; init; }
}
