using System.Globalization;

namespace MarketCache;

/// <summary>Quantities as people read them, the same in every culture.</summary>
internal static class QuantityText
{
    /// <summary>A count, e.g. <c>1,234,567</c>.</summary>
    /// <param name="count">The count.</param>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A share, e.g. <c>94.2 %</c>. One that is not quite the whole is not shown as the whole.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{(share < 1 ? Math.Min(share, 0.999) : 1) * 100:0.0} %");

    /// <summary>The share of a part in a whole; a dash where the whole is nothing.</summary>
    /// <param name="part">The part.</param>
    /// <param name="whole">The whole.</param>
    public static string Share(long part, long whole) => whole == 0 ? "-" : Percent((double)part / whole);

    /// <summary>A size, e.g. <c>1.2 MiB</c>.</summary>
    /// <param name="bytes">The size in bytes.</param>
    public static string Size(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:#,0.0} GiB"),
    };

    /// <summary>A long time, e.g. <c>10 min 4 s</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays:#,0} d {time.Hours} h"),
    };

    /// <summary>A short time to three digits, e.g. <c>42.1 µs</c>, <c>612 ms</c>.</summary>
    /// <param name="time">The time.</param>
    public static string Latency(TimeSpan time) => time.TotalMicroseconds switch
    {
        < 1000 => ThreeDigits(time.TotalMicroseconds) + " µs",
        < 1_000_000 => ThreeDigits(time.TotalMilliseconds) + " ms",
        _ => ThreeDigits(time.TotalSeconds) + " s",
    };

    private static string ThreeDigits(double value) =>
        value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "#,0", CultureInfo.InvariantCulture);
}
