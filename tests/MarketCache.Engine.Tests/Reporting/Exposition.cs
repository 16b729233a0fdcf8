using System.Globalization;
using System.Text.RegularExpressions;

namespace MarketCache.Engine.Tests.Reporting;

/// <summary>A Prometheus text exposition, read strictly by the rules of format version 0.0.4 and of naming.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);

    /// <summary>Samples by name and labels as written, e.g. <c>a_total{b="c"}</c>.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    /// <summary>The families' types.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>Reads a text, or fails the test.</summary>
    public static Exposition Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        var exposition = new Exposition();
        var family = string.Empty;
        var helped = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Assert.True(helped.Add(help.Groups[1].Value), $"two HELP lines: {line}");
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                family = type.Groups[1].Value;
                Assert.Contains(family, helped);
                Assert.True(exposition._types.TryAdd(family, type.Groups[2].Value), $"a family in two places: {line}");
            }
            else
            {
                exposition.AddSample(family, line);
            }
        }

        exposition.CheckNames();
        exposition.CheckHistograms();
        return exposition;
    }

    private void AddSample(string family, string line)
    {
        var sample = Sample().Match(line);
        Assert.True(sample.Success, $"no sample: {line}");
        var name = sample.Groups[1].Value;
        Assert.True(name == family || (_types[family] == "histogram" && name[family.Length..] is "_bucket" or "_sum" or "_count"), $"{name} is not of {family}");
        var value = sample.Groups[3].Value;
        Assert.True(_samples.TryAdd(name + sample.Groups[2].Value, value == "+Inf" ? double.PositiveInfinity : double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture)), $"twice: {line}");
    }

    private void CheckNames() => Assert.All(_types, t =>
    {
        Assert.Equal(t.Value == "counter", t.Key.EndsWith("_total", StringComparison.Ordinal));
        Assert.DoesNotMatch("(milli|micro|nano|kilo|mega|kib|mib|minutes|_ms)", t.Key);
        if (t.Key.Contains("duration", StringComparison.Ordinal))
        {
            Assert.EndsWith("_seconds", t.Key, StringComparison.Ordinal);
        }
    });

    private void CheckHistograms()
    {
        foreach (var (name, type) in _types.Where(t => t.Value == "histogram"))
        {
            var series = _samples.Where(s => s.Key.StartsWith(name + "_bucket{", StringComparison.Ordinal))
                .Select(s => (Bound: Bound().Match(s.Key), s.Value))
                .GroupBy(s => s.Bound.Groups[1].Value.TrimEnd(','));
            foreach (var buckets in series)
            {
                var bounds = buckets.Select(b => b.Bound.Groups[2].Value == "+Inf" ? double.PositiveInfinity : double.Parse(b.Bound.Groups[2].Value, CultureInfo.InvariantCulture)).ToList();
                Assert.Equal(bounds.Order(), bounds);
                Assert.Equal(double.PositiveInfinity, bounds[^1]);
                Assert.Equal(buckets.Select(b => b.Value).Order(), buckets.Select(b => b.Value));
                Assert.Equal(buckets.Last().Value, _samples[$"{name}_count{{{buckets.Key}}}"]);
                Assert.True(_samples.ContainsKey($"{name}_sum{{{buckets.Key}}}"));
            }
        }
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\]|\\\\|\\""|\\n)*""(?:,[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\]|\\\\|\\""|\\n)*"")*\})?) (\+Inf|NaN|-?[0-9.]+(?:[eE][-+]?[0-9]+)?)$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"_bucket\{(.*)le=""([^""]+)""\}$")]
    private static partial Regex Bound();
}
