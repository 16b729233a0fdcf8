namespace MarketCache.Engine.Configuration;

/// <summary>
/// What configuration says of a data type (<c>cache.data_types</c>): parts of a catalog entry that are set, over the entry of the
/// same name; or a new entry. Null leaves what the catalog says.
/// </summary>
public sealed record DataTypeOverride
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Description"/>
    public string? Description { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Shape"/>
    public DataShape? Shape { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.NeedsTicker"/>
    public bool? NeedsTicker { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Unit"/>
    public string? Unit { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.NativeFrequency"/>
    public string? NativeFrequency { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Columns"/>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.ValueColumn"/>
    public string? ValueColumn { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Providers"/>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Ttl"/>
    public TtlOptions? Ttl { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Settle"/>
    public TimeSpan? Settle { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.RevisionWindow"/>
    public TimeSpan? RevisionWindow { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Calendar"/>
    public string? Calendar { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Computed"/>
    public ComputedDefinition? Computed { get; init; }

    /// <inheritdoc cref="DataTypeDefinition.Sources"/>
    public IReadOnlyDictionary<string, DataTypeSource>? Sources { get; init; }

    /// <summary>The entry that results.</summary>
    /// <param name="definition">The catalog's entry, or null for a new data type.</param>
    internal DataTypeDefinition ApplyTo(DataTypeDefinition? definition)
    {
        var old = definition ?? new DataTypeDefinition
        {
            Name = Name,
            Description = "",
            Ttl = new TtlOptions(TimeSpan.FromHours(1), TimeSpan.FromHours(24)),
        };
        var sources = old.Sources;
        if (Sources is not null)
        {
            var merged = new Dictionary<string, DataTypeSource>(old.Sources, StringComparer.OrdinalIgnoreCase);
            foreach (var (provider, source) in Sources)
            {
                merged[provider] = source;
            }

            sources = merged;
        }

        return old with
        {
            Description = Description ?? old.Description,
            Shape = Shape ?? old.Shape,
            NeedsTicker = NeedsTicker ?? old.NeedsTicker,
            Unit = Unit ?? old.Unit,
            NativeFrequency = NativeFrequency ?? old.NativeFrequency,
            Columns = Columns ?? old.Columns,
            ValueColumn = ValueColumn ?? old.ValueColumn,
            Providers = Providers ?? (Sources is not null && old.Providers.Count == 0 ? [.. Sources.Keys] : old.Providers),
            Ttl = Ttl ?? old.Ttl,
            Settle = Settle ?? old.Settle,
            RevisionWindow = RevisionWindow is { } window ? (window == TimeSpan.Zero ? null : window) : old.RevisionWindow,
            Calendar = Calendar ?? old.Calendar,
            Computed = Computed ?? old.Computed,
            Sources = sources,
        };
    }
}
