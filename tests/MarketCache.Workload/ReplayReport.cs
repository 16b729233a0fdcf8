using System.Text.Json;
using System.Text.Json.Serialization;

namespace MarketCache.Workload;

/// <summary>What a replay cost and whether it was right.</summary>
public sealed record ReplayReport
{
    /// <summary>How reports are printed.</summary>
    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Requests replayed.</summary>
    public required int Requests { get; init; }

    /// <summary>Provider calls made.</summary>
    public required int Calls { get; init; }

    /// <summary>Requests answered without a call ÷ requests.</summary>
    public required double FullHit { get; init; }

    /// <summary>Requests of which some rows were cached and others fetched ÷ requests.</summary>
    public required double PartialHit { get; init; }

    /// <summary>Rows answered that no call had to bring for that request ÷ rows answered (of sparse types: sessions).</summary>
    public required double RowHit { get; init; }

    /// <summary>Rows that are missing, too many, too old, or differ from what the provider would answer.</summary>
    public required long WrongRows { get; init; }

    /// <summary>Rows returned.</summary>
    public required long Rows { get; init; }

    /// <summary>Calls ÷ requests.</summary>
    public required double CallsPerRequest { get; init; }

    /// <summary>Calls that a cache keyed by the exact request would make, with the same TTLs.</summary>
    public required int ExactKeyCalls { get; init; }

    /// <summary>Seconds that the replay took.</summary>
    [JsonPropertyName("seconds")]
    public required double Seconds { get; init; }

    /// <summary>The first wrong rows, in words.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}
