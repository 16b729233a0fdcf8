using System.Collections;
using System.Management.Automation;

namespace MarketCache.PowerShell.Parameters;

/// <summary>
/// Takes tickers as text, and numbers as they were written, without the blanks around them; blank text is no ticker given. An object is none: one with a
/// property of that name is bound by it, any other is refused rather than turned into text.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TickerTransformationAttribute : ArgumentTransformationAttribute
{
    private const int MostNamed = 8;

    private static readonly string[] Known = ["Ticker", "Symbol", "DataType", "Key", "Calendar"];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is not IEnumerable list || value is string or IDictionary)
        {
            return One(inputData) is { } ticker ? new[] { ticker } : null;
        }

        return list.Cast<object?>().Select(One).OfType<string>().ToArray();
    }

    private static string? One(object? item)
    {
        var value = item is PSObject wrapped ? wrapped.BaseObject : item;
        switch (value)
        {
            case null:
                return null;
            case string text:
                return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
            case char or (IConvertible and IFormattable and not DateTime):
                return LanguagePrimitives.ConvertTo<string>(item);
        }

        if (value is IDictionary map)
        {
            throw new ArgumentTransformationMetadataException(
                $"A hashtable ({string.Join(", ", map.Keys.Cast<object>())}) is not a ticker. Splat it (Get-MarketData @table), or pipe it as an object: [pscustomobject] @{{ Ticker = 'AAPL' }}.");
        }

        var names = PSObject.AsPSObject(item).Properties.Select(property => property.Name).ToList();
        if (names.Exists(name => Known.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            // PowerShell goes on to bind by property.
            throw new ArgumentTransformationMetadataException("This is not a ticker.", new PSInvalidCastException());
        }

        var near = value is PSCustomObject ? names.Find(name => NearestName.Find(name, Known) is not null) : null;
        throw new ArgumentTransformationMetadataException(
            $"An object without a property Ticker, Symbol or DataType is not a ticker. It has {string.Join(", ", names.Take(MostNamed))}{(names.Count > MostNamed ? ", …" : string.Empty)}."
            + (near is null ? string.Empty : $" Did you mean '{NearestName.Find(near, Known)}' by '{near}'?"));
    }
}
