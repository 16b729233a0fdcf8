using System.Management.Automation;
using MarketCache.Engine.Calendars;
using MarketCache.PowerShell.Completion;
using MarketCache.PowerShell.Parameters;
using MarketCache.PowerShell.Session;

namespace MarketCache.PowerShell.Commands;

/// <summary>Tells whether a market is open, when it next opens and closes, lists its sessions, or draws a year of them.</summary>
[Cmdlet(VerbsCommon.Get, "MarketSession", DefaultParameterSetName = NowSet)]
[OutputType(typeof(MarketState), ParameterSetName = [NowSet])]
[OutputType(typeof(MarketSession), ParameterSetName = [RangeSet])]
[OutputType(typeof(MarketYear), ParameterSetName = [YearSet])]
public sealed class GetMarketSessionCommand : MarketCacheCmdlet
{
    private const string NowSet = "Now";
    private const string RangeSet = "Range";
    private const string YearSet = "Year";

    /// <summary>Trading calendars, with wildcards, or tickers for the calendars they follow; all calendars where none is named.</summary>
    [SupportsWildcards]
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [TickerTransformation]
    [ArgumentCompleter(typeof(CalendarCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Trading calendars, with wildcards.</summary>
    [SupportsWildcards]
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CalendarCompleter))]
    public string[]? Calendar { get; set; }

    /// <summary>Tickers, for the calendars they follow.</summary>
    [Parameter]
    [Alias("Symbol")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CachedTickerCompleter))]
    public string[]? Ticker { get; set; }

    /// <summary>First day of the sessions to list.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RangeSet)]
    [Alias("From")]
    [DayTransformation]
    public DateOnly Start { get; set; }

    /// <summary>Last day, inclusive; where left out, the first alone.</summary>
    [Parameter(ParameterSetName = RangeSet)]
    [Alias("To")]
    [DayTransformation(IsEnd = true)]
    public DateOnly? End { get; set; }

    /// <summary>A year, for a picture of its sessions.</summary>
    [Parameter(Mandatory = true, ParameterSetName = YearSet)]
    [ValidateRange(1962, 2060)]
    public int Year { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var sessions = SessionCache.Get(this).Sessions;
        var isAll = Name is null && Calendar is null && Ticker is null;
        var calendars = (isAll ? ["*"] : Calendar ?? []).SelectMany(name => Matching(sessions, name))
            .Concat((Name ?? []).SelectMany(name => NamedBy(sessions, name)))
            .Concat((Ticker ?? []).Select(sessions.CalendarOf)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var calendar in calendars)
        {
            ForItem(calendar, () => WriteObject(
                ParameterSetName switch
                {
                    RangeSet => sessions.Sessions(calendar, Start, End ?? Start),
                    YearSet => sessions.Year(calendar, Year),
                    _ => sessions.Now(calendar),
                },
                enumerateCollection: true));
        }
    }

    /// <summary>What is no calendar's name is taken for a ticker.</summary>
    private static IEnumerable<string> NamedBy(TradingSessions sessions, string name) =>
        WildcardPattern.ContainsWildcardCharacters(name) || sessions.Calendars.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? Matching(sessions, name)
            : [sessions.CalendarOf(name)];

    private static IEnumerable<string> Matching(TradingSessions sessions, string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            return [name];
        }

        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return sessions.Calendars.Where(pattern.IsMatch);
    }
}
