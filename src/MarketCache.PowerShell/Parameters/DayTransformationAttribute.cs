using System.Globalization;
using System.Management.Automation;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Lets a day be given as <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="DateOnly"/> or text (<see cref="DayText"/>). The day is taken as
/// written, in whatever zone: no conversion moves it. Blank text, such as an empty cell of a CSV file, is no day given.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DayTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether a month or a year means its last day rather than its first.</summary>
    public bool IsEnd { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (value)
        {
            case null or DateOnly:
                return value;
            case DateTime time:
                return DateOnly.FromDateTime(time);
            case DateTimeOffset time:
                return DateOnly.FromDateTime(time.DateTime);
        }

        // An unquoted 2024 or 20240328 is a number to PowerShell, 1.5 too; the text it was written as says what is meant.
        var text = value as string ?? (value is IFormattable ? LanguagePrimitives.ConvertTo<string>(inputData) : $"{value}");
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var today = DateOnly.FromDateTime(SessionCache.Time.GetUtcNow().UtcDateTime);
        return DayText.Parse(text, IsEnd, today, CultureInfo.CurrentCulture)
            ?? throw new ArgumentTransformationMetadataException(
                $"'{text}' is not a day that everybody reads alike. Use "
                + (DayText.Meanings(text) is { Count: > 0 } meant ? string.Join(" or ", meant.Select(day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))) + " (yyyy-MM-dd)."
                    : "yyyy-MM-dd, such as 2024-03-28, a month (2024-03), a year (2024), today or yesterday."));
    }
}
