using System.Globalization;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>Lets a span of time be given as <see cref="TimeSpan"/> or as text like <c>30s</c>, <c>15m</c>, <c>2h</c>, <c>7d</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AgeTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // PowerShell reads an unquoted 7d or 30s as a number with a type suffix, but keeps the text it was written as.
        var value = inputData is PSObject { BaseObject: not (string or TimeSpan) } written ? LanguagePrimitives.ConvertTo<string>(written)
            : inputData is PSObject wrapped ? wrapped.BaseObject
            : inputData;
        return value is not string text ? value
            : Parse(text.Trim())
            ?? throw new ArgumentTransformationMetadataException($"'{text}' is not a time span. Use a value such as 30s, 15m, 2h, 7d or 1.02:30:00.");
    }

    private static TimeSpan? Parse(string text)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var unit = char.ToLowerInvariant(text[^1]) switch
            {
                's' => TimeSpan.FromSeconds(1),
                'm' => TimeSpan.FromMinutes(1),
                'h' => TimeSpan.FromHours(1),
                'd' => TimeSpan.FromDays(1),
                'w' => TimeSpan.FromDays(7),
                _ => TimeSpan.Zero,
            };
            if (unit > TimeSpan.Zero)
            {
                return number * unit.TotalSeconds < TimeSpan.MaxValue.TotalSeconds / 2 ? number * unit : TimeSpan.MaxValue;
            }
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) && text.Contains(':', StringComparison.Ordinal) ? span : null;
    }
}
