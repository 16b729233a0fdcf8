namespace MarketCache.Engine.Storage;

/// <summary>What was removed, summed up.</summary>
internal record struct Removal
{
    public long Series { get; set; }

    public long Objects { get; set; }

    public long Bytes { get; set; }

    public void Add(Removal other)
    {
        Series += other.Series;
        Objects += other.Objects;
        Bytes += other.Bytes;
    }

    public readonly MaintenanceReport ToReport() => new(Series, Objects, Bytes);
}
