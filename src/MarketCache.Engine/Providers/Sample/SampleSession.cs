namespace MarketCache.Engine.Providers.Sample;

/// <summary>A session.</summary>
/// <param name="Day">Its day.</param>
/// <param name="Open">When it opens, UTC.</param>
/// <param name="Close">When it closes, UTC.</param>
/// <param name="Break">When its lunch break begins and ends, UTC; null for none.</param>
internal readonly record struct SampleSession(DateOnly Day, DateTime Open, DateTime Close, (DateTime Start, DateTime End)? Break)
{
    /// <summary>How many minutes it trades.</summary>
    public int Minutes => MinutesUntil(Close);

    /// <summary>How many minutes it trades before the break; all where there is none.</summary>
    public int MinutesBeforeBreak => Break is { } pause ? (int)(pause.Start - Open).TotalMinutes : Minutes;

    /// <summary>How many whole minutes it has traded at a moment after its open.</summary>
    public int MinutesUntil(DateTime moment)
    {
        var end = moment < Close ? moment : Close;
        return Break is not { } pause || end <= pause.Start ? (int)(end - Open).TotalMinutes
            : (int)(pause.Start - Open).TotalMinutes + (int)Math.Max(0, (end - pause.End).TotalMinutes);
    }

    /// <summary>When a minute of trading begins.</summary>
    public DateTime TimeOf(int minute) =>
        Break is { } pause && minute >= MinutesBeforeBreak ? pause.End.AddMinutes(minute - MinutesBeforeBreak) : Open.AddMinutes(minute);
}
