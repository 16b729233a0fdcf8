using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Lets a day be given as <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="DateOnly"/> or text. The day is taken as
/// written, in whatever zone: no conversion moves it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DayTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null => null,
            DateOnly day => day,
            DateTime time => DateOnly.FromDateTime(time),
            DateTimeOffset time => DateOnly.FromDateTime(time.DateTime),
            string text => Parse(text),
            _ => throw new ArgumentTransformationMetadataException($"'{value}' is not a date. Use yyyy-MM-dd, such as 2024-03-28."),
        };
    }

    private static DateOnly Parse(string text)
    {
        if (DateOnly.TryParseExact(text.Trim(), ["yyyy-MM-dd", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? DateOnly.FromDateTime(moment.DateTime)
            : throw new ArgumentTransformationMetadataException($"'{text}' is not a date. Use yyyy-MM-dd, such as 2024-03-28.");
    }
}
