using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Lets a moment in the past be given as what has gone by since (<c>30m</c>, <c>12h</c>, <c>7d</c>, <c>4w</c>, <c>6mo</c>, <c>1y</c>, a
/// <see cref="TimeSpan"/>), as a <see cref="DateTime"/> or text of one, or as <c>all</c>. The result is UTC; a time that names no zone is UTC.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SinceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Before anything was counted.</summary>
    internal static readonly DateTime Ever = new(1, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // PowerShell reads an unquoted 7d or 1y as a number with a type suffix, but keeps the text it was written as.
        var value = inputData is PSObject { BaseObject: ValueType and not (TimeSpan or DateTime or DateTimeOffset or DateOnly) } written
            ? LanguagePrimitives.ConvertTo<string>(written)
            : inputData is PSObject wrapped ? wrapped.BaseObject
            : inputData;
        var now = SessionCache.Time.GetUtcNow().UtcDateTime;
        return value switch
        {
            null => null,
            TimeSpan age => Back(now, age),
            DateTime time => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc),
            DateTimeOffset time => time.UtcDateTime,
            DateOnly day => day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            string text => Parse(text.Trim(), now) ?? throw Invalid(text),
            _ => throw Invalid(Convert.ToString(value, CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>The moment that a text means.</summary>
    /// <param name="text">The text.</param>
    /// <param name="now">The present, UTC.</param>
    /// <returns>The moment, UTC; null if the text means none.</returns>
    internal static DateTime? Parse(string text, DateTime now)
    {
        if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return Ever;
        }

        var digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (digits > 0 && double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            switch (text[digits..].ToLowerInvariant())
            {
                case "s":
                    return Back(now, number, TimeSpan.TicksPerSecond);
                case "m" or "min":
                    return Back(now, number, TimeSpan.TicksPerMinute);
                case "h":
                    return Back(now, number, TimeSpan.TicksPerHour);
                case "d":
                    return Back(now, number, TimeSpan.TicksPerDay);
                case "w" or "wk":
                    return Back(now, number, 7 * TimeSpan.TicksPerDay);
                case "mo" when number == Math.Floor(number):
                    return Months(now, number);
                case "y":
                    return number == Math.Floor(number) ? Months(now, 12 * number) : Back(now, number, 365.25 * TimeSpan.TicksPerDay);
                default:
                    break;
            }
        }

        return text.Contains(':', StringComparison.Ordinal)
            ? DateTimeOffset.TryParseExact(text, DayText.Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment.UtcDateTime : null
            : DayText.Parse(text, asEnd: false, DateOnly.FromDateTime(now), CultureInfo.CurrentCulture)?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
    }

    private static DateTime Months(DateTime now, double months) => months >= 12.0 * (now.Year - 1) ? Ever : now.AddMonths(-(int)months);

    private static DateTime Back(DateTime now, double number, double unit) => number * unit >= now.Ticks ? Ever : now.AddTicks(-(long)(number * unit));

    private static DateTime Back(DateTime now, TimeSpan age) => Back(now, Math.Abs((double)age.Ticks), 1);

    private static ArgumentTransformationMetadataException Invalid(string? text) =>
        new($"'{text}' is neither a period nor a date. Use a period such as 30m, 12h, 7d, 4w, 6mo or 1y, a date such as 2024-03-28, or all.");
}
