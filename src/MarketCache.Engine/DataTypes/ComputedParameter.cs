namespace MarketCache.Engine.DataTypes;

/// <summary>A parameter of a computed data type.</summary>
/// <param name="Name">Its name in lower case, as in <see cref="DataRequest.Parameters"/>.</param>
/// <param name="Default">The value where the request gives none.</param>
/// <param name="Allowed">Every value there is, the default among them.</param>
public sealed record ComputedParameter(string Name, string Default, IReadOnlyList<string> Allowed)
{
    /// <summary>The allowed value that the text means, without regard to case; the default for null.</summary>
    /// <param name="text">The value requested, or null.</param>
    /// <exception cref="MarketDataException"><c>InvalidParameter</c>: it is none of the allowed values.</exception>
    public string Resolve(string? text)
    {
        if (text is null)
        {
            return Default;
        }

        foreach (var value in Allowed)
        {
            if (string.Equals(value, text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        var nearest = NearestName.Find(text, Allowed);
        throw new MarketDataException(
            "InvalidParameter",
            $"The parameter '{Name}' cannot be '{text}'.{(nearest is null ? "" : $" Did you mean '{nearest}'?")} Use one of: {string.Join(", ", Allowed)}.")
        {
            Target = Name,
        };
    }
}
