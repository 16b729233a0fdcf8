using System.Globalization;
using System.Text;
using MarketCache.Engine.Files;
using Parquet;
using Parquet.Schema;

namespace MarketCache.Engine.Exports;

/// <summary>Writes a table to a file that other tools read: CSV (RFC 4180, UTF-8, invariant numbers, ISO 8601 dates) or Parquet.</summary>
public static class TableFile
{
    /// <summary>The formats by the ends of their files' names.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".csv", ".parquet"];

    /// <summary>Writes a file in one step; one that is there is replaced.</summary>
    /// <param name="table">The rows.</param>
    /// <param name="path">The file; the end of its name says the format.</param>
    /// <param name="cancellationToken">Ends the work; the file stays as it was.</param>
    /// <exception cref="MarketDataException"><c>UnknownFileFormat</c>: the end of the name is none of <see cref="Extensions"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static async Task WriteAsync(MarketTable table, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".CSV" => Csv(table),
            ".PARQUET" => await ParquetAsync(table, cancellationToken).ConfigureAwait(false),
            _ => throw new MarketDataException(
                "UnknownFileFormat", $"The name '{Path.GetFileName(path)}' does not say a format. End it with {string.Join(" or ", Extensions)}.")
            { Target = path },
        };
        UserFile.Put(bytes, path);
    }

    /// <summary>The table as CSV: a line of names, then the rows; a null is empty.</summary>
    internal static byte[] Csv(MarketTable table)
    {
        var text = new StringBuilder();
        AddLine(table.Columns.Select(column => column.Name));
        for (var i = 0; i < table.RowCount; i++)
        {
            AddLine(table.Columns.Select(column => TextOf(column.GetValue(i))));
        }

        return Encoding.UTF8.GetBytes(text.ToString());

        void AddLine(IEnumerable<string> fields) => text.AppendJoin(',', fields.Select(Quote)).Append("\r\n");
    }

    // Parquet.Net is loaded when this method is compiled, which is when the first Parquet file is written.
    private static async Task<byte[]> ParquetAsync(MarketTable table, CancellationToken cancellationToken)
    {
        var fields = table.Columns.Select(FieldOf).ToList();
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            using var group = writer.CreateRowGroup();
            for (var i = 0; i < fields.Count; i++)
            {
                await (table.Columns[i] switch
                {
                    MarketColumn<string> texts => group.WriteAsync(fields[i], Enumerable.Range(0, texts.Count).Select(row => texts.IsNull(row) ? null! : texts[row]).ToArray()),
                    MarketColumn<DateOnly> days => WriteAsync(group, fields[i], days, cancellationToken),
                    MarketColumn<DateTime> moments => WriteAsync(group, fields[i], moments, cancellationToken),
                    MarketColumn<long> numbers => WriteAsync(group, fields[i], numbers, cancellationToken),
                    MarketColumn<bool> flags => WriteAsync(group, fields[i], flags, cancellationToken),
                    var numbers => WriteAsync(group, fields[i], (MarketColumn<double>)numbers, cancellationToken),
                }).ConfigureAwait(false);
            }
        }

        return stream.ToArray();
    }

    private static Task WriteAsync<T>(ParquetRowGroupWriter group, DataField field, MarketColumn<T> column, CancellationToken cancellationToken)
        where T : struct
    {
        var values = new T?[column.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column.IsNull(i) ? null : column[i];
        }

        return group.WriteAsync<T>(field, new ReadOnlyMemory<T?>(values), null, null, cancellationToken);
    }

    private static DataField FieldOf(MarketColumn column) => column.Kind switch
    {
        ColumnKind.Instant => new DateTimeDataField(column.Name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: true),
        ColumnKind.Date => new DataField<DateOnly?>(column.Name),
        ColumnKind.Long => new DataField<long?>(column.Name),
        ColumnKind.Boolean => new DataField<bool?>(column.Name),
        ColumnKind.String => new DataField<string>(column.Name),
        _ => new DataField<double?>(column.Name),
    };

    private static string TextOf(object? value) => value switch
    {
        null => string.Empty,
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
