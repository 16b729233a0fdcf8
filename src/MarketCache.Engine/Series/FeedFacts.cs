using System.Globalization;

namespace MarketCache.Engine.Series;

/// <summary>Small facts about a feed, by name. Immutable.</summary>
internal sealed class FeedFacts
{
    private const string UnitPrefix = "unit:";
    private const string NotePrefix = "note:";
    private readonly SortedDictionary<string, string> _facts;

    /// <summary>Wraps facts that nobody changes any more.</summary>
    /// <param name="facts">The facts.</param>
    public FeedFacts(SortedDictionary<string, string> facts)
    {
        _facts = facts;
    }

    /// <summary>No facts.</summary>
    public static FeedFacts None { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    /// <summary>All facts, by name.</summary>
    public IReadOnlyDictionary<string, string> All => _facts;

    /// <summary>The calendar that the provider's metadata names.</summary>
    public string? Calendar => this["calendar"];

    /// <summary>ISO 4217 currency of the prices, or a minor unit such as <c>GBp</c>.</summary>
    public string? Currency => this["currency"];

    /// <summary>The first day on which the instrument traded, by the provider's metadata.</summary>
    public DateOnly? FirstTraded =>
        int.TryParse(this["first_traded"], NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day <= DateOnly.MaxValue.DayNumber
            ? DateOnly.FromDayNumber(day)
            : null;

    /// <summary>
    /// How many calls are yet to bring the oldest session held along: after a split that came with numbers the provider had only begun to
    /// rescale, the rest follows sooner or later.
    /// </summary>
    public int Unproven => int.TryParse(this["unproven"], NumberStyles.None, CultureInfo.InvariantCulture, out var calls) ? calls : 0;

    /// <summary>That the provider knew no such ticker; null if it did, or where that was long ago.</summary>
    public NotFound? NotFound => this["not_found"] is { } text ? Series.NotFound.Parse(text) : null;

    /// <summary>The provider's mark of an answer, for conditional requests.</summary>
    public AnswerMark? Validator => this["validator"] is { } text ? AnswerMark.Parse(text) : null;

    private string? this[string name] => _facts.GetValueOrDefault(name);

    /// <summary>The unit of a data type's values, as the provider reported it.</summary>
    /// <param name="type">The data type's name.</param>
    public string? UnitOf(string type) => this[UnitPrefix + type];

    /// <summary>What is to be told of single days of a data type, by day.</summary>
    /// <param name="type">The data type's name.</param>
    public IReadOnlyDictionary<DateOnly, string> NotesOf(string type)
    {
        var notes = new SortedDictionary<DateOnly, string>();
        foreach (var line in this[NotePrefix + type]?.Split('\n') ?? [])
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day <= DateOnly.MaxValue.DayNumber)
            {
                notes[DateOnly.FromDayNumber(day)] = line[(space + 1)..];
            }
        }

        return notes;
    }

    /// <summary>The facts with what an answer said.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="days">The days requested.</param>
    /// <param name="validator">Its mark with the rows it came with, or null.</param>
    public FeedFacts With(ProviderResponse response, DateRange days, AnswerMark? validator)
    {
        var facts = Copy();
        Set(facts, "calendar", response.Calendar ?? Calendar);
        Set(facts, "currency", response.Currency ?? Currency);
        Set(facts, "first_traded", (response.FirstTraded ?? FirstTraded)?.DayNumber.ToString(CultureInfo.InvariantCulture));
        Set(facts, "validator", validator?.ToString());
        foreach (var series in response.Series)
        {
            var type = series.DataType.ToUpperInvariant();
            Set(facts, UnitPrefix + type, series.Unit ?? UnitOf(type));
            if (series.Notes.Count > 0 || this[NotePrefix + type] is not null)
            {
                Set(facts, NotePrefix + type, NotesWith(series.Notes, type, days));
            }
        }

        return new FeedFacts(facts);
    }

    /// <summary>The facts with another number of calls that are to prove the oldest session.</summary>
    /// <param name="unproven">The number.</param>
    public FeedFacts With(int unproven)
    {
        var facts = Copy();
        Set(facts, "unproven", unproven == 0 ? null : unproven.ToString(CultureInfo.InvariantCulture));
        return new FeedFacts(facts);
    }

    /// <summary>The facts with a note that the provider does not know the ticker.</summary>
    /// <param name="notFound">The news; null to forget it.</param>
    public FeedFacts With(NotFound? notFound)
    {
        var facts = Copy();
        Set(facts, "not_found", notFound?.ToString());
        return new FeedFacts(facts);
    }

    /// <summary>The facts of two states of a feed: where both know something, the first one's.</summary>
    /// <param name="first">The facts that count.</param>
    /// <param name="second">The others.</param>
    public static FeedFacts Join(FeedFacts first, FeedFacts second)
    {
        var facts = first.Copy();
        foreach (var (name, value) in second._facts)
        {
            facts.TryAdd(name, value);
        }

        // A mark belongs to the rows it came with, and after a join these are unknown.
        facts.Remove("validator");
        return new FeedFacts(facts);
    }

    private string? NotesWith(IReadOnlyDictionary<DateOnly, string> added, string type, DateRange days)
    {
        var notes = new SortedDictionary<DateOnly, string>(NotesOf(type).Where(note => note.Key < days.Start || note.Key > days.End).ToDictionary());
        foreach (var (day, text) in added.Where(note => note.Key >= days.Start && note.Key <= days.End))
        {
            notes[day] = text.ReplaceLineEndings(" ");
        }

        return notes.Count == 0 ? null : string.Join('\n', notes.Select(static note => string.Create(CultureInfo.InvariantCulture, $"{note.Key.DayNumber} {note.Value}")));
    }

    private SortedDictionary<string, string> Copy() => new(_facts, StringComparer.Ordinal);

    private static void Set(SortedDictionary<string, string> facts, string name, string? value)
    {
        if (value is null)
        {
            facts.Remove(name);
        }
        else
        {
            facts[name] = value;
        }
    }
}

/// <summary>That a provider knew no such ticker.</summary>
/// <param name="At">When it said so, UTC ticks.</param>
/// <param name="First">First day requested.</param>
/// <param name="Last">Last day requested.</param>
/// <param name="Message">What it said.</param>
internal sealed record NotFound(long At, DateOnly First, DateOnly Last, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At} {First.DayNumber} {Last.DayNumber} {Message}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    /// <param name="text">The text.</param>
    public static NotFound? Parse(string text)
    {
        var parts = text.Split(' ', 4);
        return parts.Length == 4
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first <= DateOnly.MaxValue.DayNumber && last <= DateOnly.MaxValue.DayNumber
            ? new NotFound(at, DateOnly.FromDayNumber(first), DateOnly.FromDayNumber(last), parts[3])
            : null;
    }
}

/// <summary>A provider's mark of an answer, and the rows that came with it: it vouches for no others.</summary>
/// <param name="First">First row key requested.</param>
/// <param name="Last">Last row key requested.</param>
/// <param name="At">When the provider was asked, UTC ticks.</param>
/// <param name="Text">The mark.</param>
internal sealed record AnswerMark(long First, long Last, long At, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First} {Last} {At} {Text}");

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    /// <param name="text">The text.</param>
    public static AnswerMark? Parse(string text)
    {
        var parts = text.Split(' ', 4);
        return parts.Length == 4
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var last)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new AnswerMark(first, last, at, parts[3])
            : null;
    }
}
