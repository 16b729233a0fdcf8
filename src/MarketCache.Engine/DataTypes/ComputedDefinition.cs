namespace MarketCache.Engine.DataTypes;

/// <summary>How a data type is computed from others.</summary>
public sealed record ComputedDefinition
{
    /// <summary>The formula's name, e.g. <c>total_return</c>; the engine knows what it computes.</summary>
    public required string Formula { get; init; }

    /// <summary>The formula written out, for documentation.</summary>
    public string Expression { get; init; } = "";

    /// <summary>
    /// The data types it is computed from, in the formula's order. <c>{name}</c> means the value of the parameter of that name.
    /// </summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The parameters, in the order of documentation.</summary>
    public IReadOnlyList<ComputedParameter> Parameters { get; init; } = [];

    /// <summary>The parameters' values for a request: what it asks for, else the defaults; in the definition's order.</summary>
    /// <param name="asked">The request's parameters.</param>
    /// <exception cref="MarketDataException"><c>InvalidParameter</c>: a value is not allowed, or there is no such parameter.</exception>
    public IReadOnlyDictionary<string, string> ResolveParameters(IReadOnlyDictionary<string, string> asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in Parameters)
        {
            values[parameter.Name] = parameter.Default;
        }

        foreach (var (name, text) in asked)
        {
            var parameter = Parameters.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new MarketDataException(
                    "InvalidParameter",
                    Parameters.Count == 0
                        ? $"There is no parameter '{name}': this data type has none."
                        : $"There is no parameter '{name}'. This data type has: {string.Join(", ", Parameters.Select(p => p.Name))}.")
                {
                    Target = name,
                };
            values[parameter.Name] = parameter.Resolve(text);
        }

        return values;
    }

    /// <summary>The inputs with the parameters' values put in.</summary>
    /// <param name="parameters">Values from <see cref="ResolveParameters"/>.</param>
    public IReadOnlyList<string> ResolveInputs(IReadOnlyDictionary<string, string> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var inputs = new string[Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            var input = Inputs[i];
            inputs[i] = input is ['{', .., '}'] ? parameters[input[1..^1]] : input;
        }

        return inputs;
    }
}
