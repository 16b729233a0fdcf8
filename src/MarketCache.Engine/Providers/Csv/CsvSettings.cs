using MarketCache.Engine.Gateway;
using MarketCache.Engine.Yaml;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>The settings of providers of files.</summary>
internal static class CsvSettings
{
    /// <summary>Every one.</summary>
    public static IReadOnlyList<ProviderSetting> All { get; } =
    [
        ProviderSetting.Text("path", "The folder, a zip file of CSV files, or one file; a relative path starts at the file that names it.") with { Type = "path" },
        ProviderSetting.Text("file", "The file of a ticker, {ticker} standing for it."),
        ProviderSetting.Map("files", "By ticker its file, where the name does not follow from the ticker."),
        ProviderSetting.Text("entry", "The file inside a zip file."),
        ProviderSetting.Flag("header", "Whether a line holds the columns' names."),
        ProviderSetting.Whole("skip_lines", 0, 1000, "How many lines before the columns' names, or before the first row, are passed over."),
        ProviderSetting.Text("encoding", "The files' encoding, e.g. windows-1252."),
        new("decimal", "text", "What stands between whole and fraction, a point or a comma.", (r, n, k) => r.Choice(n, k, [".", ","])),
        new("thousands", "text", "What groups digits besides blanks and apostrophes, or none.", ReadThousands),
        ProviderSetting.Map("columns", "By column its name in the header line, or its position, the first being 1."),
        ProviderSetting.List("date_format", "The dates' formats, e.g. yyyyMMdd HH:mm, or unix, unix_ms, unix_us, unix_ns."),
        ProviderSetting.Text("time_zone", "The zone of the times, an IANA id."),
        ProviderSetting.Number("price_scale", 1e-15, 1e15, "What prices are divided by."),
        ProviderSetting.Number("value_scale", 1e-15, 1e15, "What other values are divided by."),
        new("delimiter", "text", "The character between columns, or tab.", ReadDelimiter),
        new("missing", "list", "What stands for a missing value.", ReadMissing),
        ProviderSetting.List("data_types", "The data types the files hold."),
        ProviderSetting.List("frequencies", "The frequencies the files hold."),
        ProviderSetting.Flag("fractional_volume", "Whether volumes have decimals."),
        ProviderSetting.Text("currency", "The prices' currency, ISO 4217."),
        ProviderSetting.Text("unit", "The values' unit."),
        ProviderSetting.Text("calendar", "The trading calendar of the files' tickers."),
        ProviderSetting.Number("max_size_mb", 0.001, 16384, "The largest file accepted, unpacked, in MiB."),
    ];

    private static void ReadDelimiter(NodeReader reader, DataNode node, string key)
    {
        if (node.Kind != DataNodeKind.Scalar || !(node.Text.Length == 1 || node.Text is "tab" or "\\t"))
        {
            throw reader.Wrong(node, key, "one character or tab");
        }
    }

    private static void ReadThousands(NodeReader reader, DataNode node, string key)
    {
        if (node.Kind != DataNodeKind.Scalar || (node.Text.Length != 1 && node.Text != "none"))
        {
            throw reader.Wrong(node, key, "one character or none");
        }
    }

    private static void ReadMissing(NodeReader reader, DataNode node, string key)
    {
        foreach (var item in node.Items)
        {
            if (item.Kind != DataNodeKind.Scalar)
            {
                throw reader.Wrong(item, key, "a list of texts");
            }
        }

        if (node.Kind == DataNodeKind.Map)
        {
            throw reader.Wrong(node, key, "a list of texts");
        }
    }
}
