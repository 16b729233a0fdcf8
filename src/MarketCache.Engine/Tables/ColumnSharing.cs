namespace MarketCache.Engine.Tables;

/// <summary>Finds columns with the same content, regardless of their names.</summary>
internal static class ColumnSharing
{
    /// <summary>The place of a column with the same rows, or −1.</summary>
    public static int Find(List<MarketColumn> known, MarketColumn column)
    {
        for (var i = 0; i < known.Count; i++)
        {
            if (HasSameRows(known[i], column))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The tables with equal columns sharing their memory.</summary>
    public static NamedTable[] Share(IReadOnlyList<NamedTable> tables)
    {
        var known = new List<MarketColumn>();
        return [.. tables.Select(t => new NamedTable(t.Name, new MarketTable([.. t.Rows.Columns.Select(Shared)])))];

        MarketColumn Shared(MarketColumn column)
        {
            var at = Find(known, column);
            if (at < 0)
            {
                known.Add(column);
            }

            return at < 0 ? column : known[at].Rename(column.Name);
        }
    }

    private static bool HasSameRows(MarketColumn a, MarketColumn b) =>
        a.Kind == b.Kind && a.Count == b.Count && (ReferenceEquals(a, b) || a.Rename(b.Name).ContentEquals(b));
}
