using System.Globalization;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Reporting;

/// <summary>A report as lines of text for a terminal.</summary>
internal sealed class TerminalReport
{
    private const int LabelWidth = 15;
    private const int RemarkWidth = 26;
    private const int MostRows = 12;
    private const int Blue = 34;
    private const int Green = 32;
    private const int Yellow = 33;
    private const int Red = 31;

    private readonly List<string> _lines = [];
    private readonly CacheReport _report;
    private readonly TerminalBlocks _blocks;
    private readonly bool _isUnicode;
    private readonly int _width;

    private TerminalReport(CacheReport report, TerminalStyle style)
    {
        _report = report;
        _blocks = new TerminalBlocks(style);
        _isUnicode = style.Unicode;
        _width = Math.Clamp(style.Width, 50, 160);
    }

    /// <summary>The lines. None is wider than the terminal but for warnings and the cache folder.</summary>
    /// <param name="report">What is shown.</param>
    /// <param name="style">What the terminal can show.</param>
    public static IReadOnlyList<string> Of(CacheReport report, TerminalStyle style)
    {
        var text = new TerminalReport(report, style);
        text.AddHead();
        if (!report.IsEmpty)
        {
            text.AddFigures();
            text.AddTimes();
            text.AddSizes();
            text.AddCoverage();
        }

        return text._lines.ToArray();
    }

    private void AddHead()
    {
        var s = _report.Statistics;
        Line(Text($"Market cache: {(s.AllSessions ? "all sessions" : "this session")}, {s.Since:yyyy-MM-dd HH:mm} to {_report.At:yyyy-MM-dd HH:mm} UTC"));
        if (_report.FilterText is { } filter)
        {
            Line($"Sizes and coverage of {filter}");
        }

        foreach (var warning in _report.Warnings())
        {
            _lines.Add(_blocks.Paint("warning: ", Yellow) + Clean(warning));
        }

        if (!_report.IsEmpty && !_report.Warnings().Any())
        {
            Line(_report.Wellness());
        }

        if (_report.IsEmpty)
        {
            Line("Nothing is cached yet, and nothing was asked for in this time.");
        }
    }

    private void AddFigures()
    {
        var s = _report.Statistics;
        Line();
        Figure("Hit ratio", QuantityText.Share(s.Hits, s.Requests), $"{QuantityText.Count(s.Hits)} of {QuantityText.Count(s.Requests)} requests", s.Requests == 0 ? null : s.HitRatio, Blue);
        Figure("Calls saved", QuantityText.Count(s.CallsAvoided), $"{QuantityText.Count(s.ProviderCalls)} made, {QuantityText.Count(s.ProviderFailures)} of them failed");
        Figure("Time saved", s.TimeSaved > TimeSpan.Zero ? QuantityText.Duration(s.TimeSaved) : "-", "calls saved x mean time of a call");
        if (s.Cost != 0 || s.CostAvoided != 0)
        {
            Figure("Money saved", Text($"{s.CostAvoided:#,0.00##}"), Text($"{s.Cost:#,0.00##} spent (currency of cost_per_call)"));
        }

        foreach (var (source, times) in _report.Answers.Where(answers => answers.Value.Count > 0))
        {
            Figure("From " + ReportText.NameOf(source), QuantityText.Latency(times.Mean), $"mean of {QuantityText.Count(times.Count)} answers");
        }

        foreach (var p in _report.Providers)
        {
            Figure(
                Fit(p.Name, LabelWidth - 1),
                QuantityText.Count(p.Calls) + (p.Calls == 1 ? " call" : " calls"),
                $"{ReportText.StateOf(p)}, {QuantityText.Count(p.Failures)} failed, {QuantityText.Count(p.Avoided)} saved",
                p.Calls == 0 ? null : 1 - ((double)p.Failures / p.Calls),
                p.Problem() is null ? Green : Red);
        }

        foreach (var tier in s.Tiers)
        {
            var limit = tier.ByteLimit == 0 ? "no limit" : "of " + QuantityText.Size(tier.ByteLimit);
            Figure(
                tier.Tier,
                tier.Enabled ? QuantityText.Size(tier.Bytes) : "off",
                tier.Enabled ? $"{limit}, {QuantityText.Count(tier.Entries)} series{(tier.Problem is null ? string.Empty : ", skipped")}" : "switched off",
                tier.Enabled && tier.ByteLimit > 0 ? (double)tier.Bytes / tier.ByteLimit : null,
                Green);
        }
    }

    private void AddTimes()
    {
        if (!_report.Slots.Any(slot => slot.Requests > 0))
        {
            return;
        }

        var columns = _width - LabelWidth - RemarkWidth;
        var size = (_report.Slots.Count + columns - 1) / columns;
        var bins = _report.Slots.Chunk(size).ToList();
        var unit = ReportText.SlotUnit(_report);
        Line();
        Line($"{ReportText.Slot(_report, _report.Slots[0].Start)} to {ReportText.Slot(_report, _report.Slots[^1].Start)} UTC, a column for {(size == 1 ? "each " + unit : QuantityText.Count(size) + " " + unit + "s")}");
        var most = bins.Max(b => b.Sum(s => s.Requests));
        Row("requests", bins.Select(b => Some(b.Sum(s => s.Requests))), most, "up to " + QuantityText.Count(most), Blue);
        Row("hit ratio", bins.Select(b => b.Sum(s => s.Requests) is var all and > 0 ? (double?)b.Sum(s => s.Interval?.Statistics.Hits ?? 0) / all : null), 1, "0 to 100 %", Blue);
        foreach (var source in Enum.GetValues<AnswerSource>())
        {
            var times = bins.Select(b => b.Max(s => s.Answers(source).P95)).ToList();
            if (times.Max() is { Ticks: > 0 } longest)
            {
                Row(ReportText.NameOf(source) + " p95", times.Select(t => Some(t.Ticks)), longest.Ticks, "up to " + QuantityText.Latency(longest), source == AnswerSource.Provider ? Yellow : Green);
            }
        }

        var saved = bins.Max(b => b.Sum(s => s.Avoided));
        Row("calls saved", bins.Select(b => Some(b.Sum(s => s.Avoided))), saved, "up to " + QuantityText.Count(saved), Green);

        static double? Some(long value) => value == 0 ? null : value;
    }

    private void AddSizes()
    {
        if (_report.Sizes.Count == 0)
        {
            return;
        }

        Line();
        Line(Text($"{"Size by data type",-20}{"on disk",10}{"series",8}{"rows",12}"));
        var width = Math.Max(0, _width - 52);
        var largest = Math.Max(1, _report.Sizes.Max(s => s.DiskBytes));
        foreach (var size in _report.Sizes.Take(MostRows))
        {
            Line(Text($"{Fit(size.DataType, 19),-20}{QuantityText.Size(size.DiskBytes),10}{QuantityText.Count(size.Series),8}{QuantityText.Count(size.Rows),12}  "), _blocks.Bar((double)size.DiskBytes / largest, width), Green);
        }

        LeftOut(_report.Sizes.Count + _report.SizesLeftOut - MostRows, "data types");
    }

    private void AddCoverage()
    {
        var strips = _report.Coverage.Where(s => s.First is not null).Take(MostRows).ToList();
        if (strips.Count == 0)
        {
            return;
        }

        // From where half of the series begin: one long history does not squeeze all others.
        var (first, last) = (strips.Select(s => s.First!.Value).Order().ElementAt((strips.Count - 1) / 2).DayNumber, strips.Max(s => s.Last!.Value).DayNumber);
        var columns = _width - LabelWidth - RemarkWidth;
        var (final, provisional, gap) = _blocks.Coverage;
        Line();
        Line($"Coverage, {ReportText.Day(DateOnly.FromDayNumber(first))} to {ReportText.Day(DateOnly.FromDayNumber(last))}: {final} final {provisional} provisional {gap} missing");
        foreach (var strip in strips)
        {
            var cells = new char[columns];
            Array.Fill(cells, ' ');
            foreach (var stretch in strip.Stretches.Where(s => s.Last.DayNumber >= first).OrderBy(s => s.State))
            {
                var from = (int)((Math.Max(stretch.First.DayNumber, first) - first) * (long)columns / (last - first + 1));
                var to = (int)((stretch.Last.DayNumber - first) * (long)columns / (last - first + 1));
                Array.Fill(cells, stretch.State switch { CoverageState.Final => final, CoverageState.Provisional => provisional, _ => gap }, from, to - from + 1);
            }

            var missing = strip.Count(CoverageState.Gap);
            var known = strip.Count(CoverageState.Final) + strip.Count(CoverageState.Provisional);
            var since = strip.First!.Value.DayNumber < first ? Text($" from {strip.First:yyyy}") : string.Empty;
            var remark = Text($"  {known:#,0} known{since}{(missing == 0 ? string.Empty : Text($", {missing:#,0} missing"))}");
            _lines.Add(Text($"{Fit(NameOf(strip), LabelWidth - 1),-LabelWidth}") + _blocks.Paint(new string(cells), missing == 0 ? Blue : Red) + Fit(remark, RemarkWidth));
        }

        LeftOut(_report.Coverage.Count - strips.Count + _report.SeriesLeftOut, "series");
    }

    private void LeftOut(int count, string what)
    {
        if (count > 0)
        {
            Line($"... and {QuantityText.Count(count)} more {what}");
        }
    }

    private void Figure(string label, string value, string remark, double? share = null, int color = 0)
    {
        var text = Text($"{label,-LabelWidth}{Clean(value),12}  ");
        var bar = share is { } s ? _blocks.Bar(s, 10) + "  " : string.Empty;
        _lines.Add(text + _blocks.Paint(bar, color) + Fit(remark, Math.Max(0, _width - text.Length - bar.Length)));
    }

    private void Row(string label, IEnumerable<double?> values, double largest, string remark, int color) =>
        _lines.Add(Text($"{label,-LabelWidth}") + _blocks.Paint(_blocks.Spark(values, largest), color) + "  " + Clean(remark));

    private void Line(string text = "", string bar = "", int color = 0) => _lines.Add((Fit(text, _width) + _blocks.Paint(bar.TrimEnd(), color)).TrimEnd());

    private string Fit(string text, int width)
    {
        var clean = Clean(text);
        return clean.Length <= width ? clean : width < 4 ? clean[..width] : clean[..(width - 3)] + "...";
    }

    private static string NameOf(CoverageStrip strip) => strip.Ticker is null || strip.Frequency == "daily" ? strip.Subject : $"{strip.Subject} {strip.Frequency}";

    /// <summary>Without control characters, which would command the terminal, and in ASCII where it shows no more.</summary>
    private string Clean(string text) => string.Create(text.Length, (text, _isUnicode), static (target, source) =>
    {
        for (var i = 0; i < target.Length; i++)
        {
            var c = source.text[i];
            target[i] = c == 'µ' && !source._isUnicode ? 'u' : char.IsControl(c) || (c > '~' && !source._isUnicode) ? '?' : c;
        }
    });

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
