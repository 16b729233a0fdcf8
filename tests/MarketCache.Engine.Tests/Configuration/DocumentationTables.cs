using System.Globalization;
using System.Text;
using MarketCache.Engine.Configuration;
using MarketCache.Engine.DataTypes;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Tests.Configuration;

/// <summary>The tables of docs/configuration.md and docs/data-types.md, as the code has them.</summary>
internal static class DocumentationTables
{
    public static string Keys()
    {
        var text = new StringBuilder();
        foreach (var section in ConfigurationKeys.All.GroupBy(key => key.Name.Split('.')[1]))
        {
            text.Append(CultureInfo.InvariantCulture, $"### cache.{section.Key}\n\n| key | holds | default | live | meaning |\n|---|---|---|---|---|\n");
            foreach (var key in section)
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {key.Type} | {Value(key.Default)} | {(key.IsLive ? "yes" : "")} | {key.Description} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    public static string DataTypes()
    {
        var text = new StringBuilder();
        text.Append("| data type | what it is | unit | published | calendar | from | TTL open / closed |\n|---|---|---|---|---|---|---|\n");
        foreach (var type in DataTypeCatalog.Default.All.Where(type => type.Computed is null))
        {
            var from = string.Join(", ", type.Providers.Select(p => type.Sources.TryGetValue(p, out var source) ? $"{p} `{source.Id}`" : p));
            text.Append(
                CultureInfo.InvariantCulture,
                $"| `{type.Name}` | {type.Description} | {type.Unit ?? "currency"} | {type.NativeFrequency} | {type.Calendar ?? "the ticker's"} | {from} | {Ttl(type.Ttl)} |\n");
        }

        text.Append("\n## Computed\n\n| data type | what it is | formula | inputs | parameters (default first) |\n|---|---|---|---|---|\n");
        foreach (var type in DataTypeCatalog.Default.All.Where(type => type.Computed is not null))
        {
            var parameters = type.Computed!.Parameters.Select(p => $"`{p.Name}`: {string.Join(", ", p.Allowed.Where(v => v != p.Default).Prepend(p.Default))}");
            text.Append(
                CultureInfo.InvariantCulture,
                $"| `{type.Name}` | {type.Description} | {type.Computed.Expression} | {string.Join(", ", type.Computed.Inputs)} | {string.Join("; ", parameters)} |\n");
        }

        return text.ToString();
    }

    private static string Ttl(TtlOptions ttl) =>
        ttl.MarketHours == ttl.AfterHours ? DurationText.Format(ttl.MarketHours) : $"{DurationText.Format(ttl.MarketHours)} / {DurationText.Format(ttl.AfterHours)}";

    private static string Value(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan duration => $"`{DurationText.Format(duration)}`",
        _ => string.Create(CultureInfo.InvariantCulture, $"`{value}`"),
    };
}
