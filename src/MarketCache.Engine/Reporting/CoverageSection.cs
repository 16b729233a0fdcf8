namespace MarketCache.Engine.Reporting;

/// <summary>The page's part on which sessions are known.</summary>
internal static class CoverageSection
{
    private const int MostYears = 10;
    private const int MostGaps = 4;
    private const int SmallestWidth = 3;
    private const int YearWidth = 366;

    /// <summary>Adds the part.</summary>
    /// <param name="html">Where to.</param>
    /// <param name="report">The report.</param>
    public static void Add(HtmlWriter html, CacheReport report)
    {
        html.Add($"<section><h2>Coverage</h2>");
        if (report.Coverage.Count == 0)
        {
            html.Add($"<p>No session{(report.FilterText is null ? string.Empty : " of a series that matches")} is known yet.</p></section>");
            return;
        }

        html.Add($"<p class=\"note\">Which trading sessions are cached, a line for each year. Final bars never expire; provisional ones are fetched again. Missing are sessions between known ones; what was never asked for stays blank. Short stretches are drawn three days wide to be seen.</p>");
        html.Add($"<ul class=\"legend\"><li><i class=\"final\"></i>final</li><li><i class=\"provisional\"></i>provisional</li><li><i class=\"gap\"></i>missing</li></ul>");
        html.Add($"<div class=\"calendars\">");
        foreach (var strip in report.Coverage.Take(report.Calendars))
        {
            AddCalendar(html, strip);
        }

        html.Add($"</div>");
        AddTable(html, report);
        html.Add($"</section>");
    }

    private static void AddCalendar(HtmlWriter html, CoverageStrip strip)
    {
        html.Add($"<article><h3><bdi>{ReportText.Short(strip.Subject)}</bdi></h3>");
        html.Add($"<p class=\"note\">{(strip.Ticker is null ? string.Empty : ReportText.Types(strip) + " · ")}{strip.Frequency} · {ReportText.Short(strip.Provider)} · {strip.Calendar}</p>");
        if (strip is { First: { } first, Last: { } last })
        {
            var from = Math.Max(first.Year, last.Year - MostYears + 1);
            html.Add($"<div class=\"years\" aria-hidden=\"true\"><span></span><div class=\"months\">");
            foreach (var month in "JFMAMJJASOND")
            {
                html.Add($"<span>{month.ToString()}</span>");
            }

            html.Add($"</div>");
            for (var year = from; year <= last.Year; year++)
            {
                AddYear(html, strip, year);
            }

            html.Add($"</div>");
            if (from > first.Year)
            {
                html.Add($"<p class=\"note\">Known since {ReportText.Day(first)}; the years before {from} are not drawn.</p>");
            }
        }

        html.Add($"<p class=\"known\">{ReportText.Known(strip)}</p></article>");
    }

    private static void AddYear(HtmlWriter html, CoverageStrip strip, int year)
    {
        var start = new DateOnly(year, 1, 1).DayNumber;
        var end = new DateOnly(year, 12, 31).DayNumber;
        html.Add($"<span>{year}</span><svg class=\"year\" viewBox=\"0 0 {YearWidth} 10\" preserveAspectRatio=\"none\">");
        foreach (var stretch in strip.Stretches.Where(s => s.First.DayNumber <= end && s.Last.DayNumber >= start).OrderBy(s => s.State))
        {
            var left = Math.Max(stretch.First.DayNumber, start) - start;
            var right = Math.Min(stretch.Last.DayNumber, end) - start + 1;
            left = Math.Max(0, Math.Min(left, right - SmallestWidth));
            var (top, height) = stretch.State switch
            {
                CoverageState.Final => (0, 10),
                CoverageState.Provisional => (4, 6),
                _ => (0, 4),
            };
            if (stretch.State != CoverageState.Final)
            {
                html.Add($"<rect class=\"blank\" x=\"{left}\" y=\"0\" width=\"{right - left}\" height=\"10\"/>");
            }

            html.Add($"<rect class=\"{NameOf(stretch.State)}\" x=\"{left}\" y=\"{top}\" width=\"{right - left}\" height=\"{height}\"><title>{ReportText.Day(stretch.First)} to {ReportText.Day(stretch.Last)}: {NameOf(stretch.State)}, {QuantityText.Count(stretch.Periods)} {ReportText.Unit(strip.Frequency, stretch.Periods)}</title></rect>");
        }

        html.Add($"<path class=\"ruler\" d=\"{string.Concat(Enumerable.Range(2, 11).Select(m => FormattableString.Invariant($"M{new DateOnly(year, m, 1).DayNumber - start} 0V10")))}\"/></svg>");
    }

    private static void AddTable(HtmlWriter html, CacheReport report)
    {
        html.Add($"<details><summary>The numbers as a table</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Coverage\"><table>");
        html.Add($"<thead><tr><th scope=\"col\">Ticker</th><th scope=\"col\" class=\"text\">Data types</th><th scope=\"col\" class=\"text\">Provider</th><th scope=\"col\" class=\"text\">Bars</th><th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">Final</th><th scope=\"col\">Provisional</th><th scope=\"col\">Missing</th><th scope=\"col\" class=\"text\">Missing days</th></tr></thead><tbody>");
        foreach (var strip in report.Coverage)
        {
            html.Add($"<tr><th scope=\"row\"><bdi>{ReportText.Short(strip.Ticker ?? "-")}</bdi></th><td class=\"text\">{ReportText.Types(strip)}</td><td class=\"text\">{ReportText.Short(strip.Provider)}</td><td class=\"text\">{strip.Frequency}</td><td>{ReportText.Day(strip.First)}</td><td>{ReportText.Day(strip.Last)}</td>");
            html.Add($"<td>{QuantityText.Count(strip.Count(CoverageState.Final))}</td><td>{QuantityText.Count(strip.Count(CoverageState.Provisional))}</td><td>{QuantityText.Count(strip.Count(CoverageState.Gap))}</td><td class=\"text\">{Gaps(strip)}</td></tr>");
        }

        html.Add($"</tbody></table></div></details>");
        if (report.Coverage.Count > report.Calendars || report.SeriesLeftOut > 0)
        {
            html.Add($"<p class=\"note\">Drawn are the {report.Calendars} largest of {QuantityText.Count(report.Series)} series (those of a ticker that know the same sessions as one), the table has {report.Coverage.Count}{(report.SeriesLeftOut == 0 ? string.Empty : $"; {QuantityText.Count(report.SeriesLeftOut)} smaller series are left out")}. Name tickers to see theirs.</p>");
        }
    }

    private static string Gaps(CoverageStrip strip)
    {
        var gaps = strip.Stretches.Where(s => s.State == CoverageState.Gap).ToList();
        var text = string.Join(", ", gaps.TakeLast(MostGaps).Select(g => g.First == g.Last ? ReportText.Day(g.First) : $"{ReportText.Day(g.First)} to {ReportText.Day(g.Last)}"));
        return gaps.Count > MostGaps ? $"{QuantityText.Count(gaps.Count - MostGaps)} stretches, then {text}" : text;
    }

    private static string NameOf(CoverageState state) => state switch
    {
        CoverageState.Final => "final",
        CoverageState.Provisional => "provisional",
        _ => "gap",
    };
}
