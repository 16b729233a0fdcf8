using System.Globalization;

namespace MarketCache.Faults;

/// <summary>The command line of a run.</summary>
internal sealed record FaultOptions
{
    /// <summary>Everything random follows from it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Time for all scenarios together.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Names of the scenarios to run; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Where the cache folders go; null for a temporary folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Reads a command line; null where it is wrong.</summary>
    public static FaultOptions? Parse(string[] args)
    {
        FaultOptions options = new();
        for (int i = 0; i + 1 < args.Length; i += 2)
        {
            string value = args[i + 1];
            switch (args[i])
            {
                case "--seed" when int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed):
                    options = options with { Seed = seed };
                    break;
                case "--minutes" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes):
                    options = options with { Duration = TimeSpan.FromMinutes(minutes) };
                    break;
                case "--only":
                    options = options with { Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) };
                    break;
                case "--folder":
                    options = options with { Folder = Path.GetFullPath(value) };
                    break;
                default:
                    return null;
            }
        }

        return args.Length % 2 == 0 ? options : null;
    }
}
