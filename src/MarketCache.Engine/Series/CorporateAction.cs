namespace MarketCache.Engine.Series;

/// <summary>A split or dividend by which a provider rewrites older numbers. Its value does not matter here, only that it took effect.</summary>
/// <param name="ExDay">The day from which on prices take it into account, as <see cref="DateOnly.DayNumber"/>.</param>
/// <param name="Kind">Which: one flag.</param>
internal readonly record struct CorporateAction(int ExDay, AdjustmentKinds Kind) : IComparable<CorporateAction>
{
    /// <summary>The data type whose rows are splits.</summary>
    public const string Splits = "SPLIT";

    /// <summary>The data type whose rows are dividends.</summary>
    public const string Dividends = "DIVIDEND";

    /// <summary>The kind of action that rows of a data type are; <see cref="AdjustmentKinds.None"/> for others.</summary>
    /// <param name="type">The data type's name.</param>
    public static AdjustmentKinds KindOf(string type) =>
        string.Equals(type, Splits, StringComparison.OrdinalIgnoreCase) ? AdjustmentKinds.Splits
        : string.Equals(type, Dividends, StringComparison.OrdinalIgnoreCase) ? AdjustmentKinds.Dividends
        : AdjustmentKinds.None;

    /// <summary>The actions of two lists, ascending, each once.</summary>
    /// <param name="first">Some actions, ascending.</param>
    /// <param name="second">Others, in any order.</param>
    /// <returns><paramref name="first"/> itself if the other list brings nothing new.</returns>
    public static IReadOnlyList<CorporateAction> Union(IReadOnlyList<CorporateAction> first, IReadOnlyCollection<CorporateAction> second)
    {
        if (second.Count == 0 || second.All(first.Contains))
        {
            return first;
        }

        var all = new SortedSet<CorporateAction>(first);
        all.UnionWith(second);
        return [.. all];
    }

    /// <inheritdoc/>
    public int CompareTo(CorporateAction other) => ExDay != other.ExDay ? ExDay.CompareTo(other.ExDay) : Kind.CompareTo(other.Kind);
}
