using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>Reads one file whole, or refuses it whole with one error that names file, line and column.</summary>
internal sealed class CsvParser
{
    private const int MaxFields = 512;

    private static readonly string[] IsoFormats =
    [
        "yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-ddTHH:mm:ssK",
        "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyyMMdd HH:mm", "yyyyMMdd HH:mm:ss",
    ];

    private readonly CsvOptions _options;
    private readonly string _file;
    private readonly ExchangeZone? _zone;
    private readonly string[] _formats;
    private readonly ScaledNumber _price;
    private readonly ScaledNumber _plain;
    private readonly ScaledNumber _value;

    /// <param name="options">What the file looks like.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="intradayZone">Zone of times without offset in an intraday file; null if rows are days.</param>
    public CsvParser(CsvOptions options, string file, ExchangeZone? intradayZone)
    {
        _options = options;
        _file = file;
        _zone = intradayZone;
        _formats = options.DateFormats.Count > 0 ? [.. options.DateFormats] : IsoFormats;
        _price = new ScaledNumber(options.PriceScale);
        _plain = new ScaledNumber(1);
        _value = new ScaledNumber(options.ValueScale);
    }

    public CsvFile Parse(string text)
    {
        Span<Range> fields = stackalloc Range[MaxFields];
        var reader = new CsvLineReader(text, _options.Delimiter);
        var count = Next(ref reader, fields);
        if (count == 0)
        {
            throw Bad("the file is empty");
        }

        var width = count;
        var columns = _options.HasHeader ? FromHeader(text, fields[..count]) : FromPositions(count);
        if (_options.HasHeader)
        {
            count = Next(ref reader, fields);
        }

        var date = columns.Find(c => c.Name == CsvColumn.Date);
        var values = columns.FindAll(c => c.Name != CsvColumn.Date);
        var keys = new List<long>(Math.Max(4, text.Length / 48));
        var rows = values.ConvertAll(_ => new List<double?>(keys.Capacity));
        for (; count != 0; count = Next(ref reader, fields))
        {
            if (count != width)
            {
                throw Bad($"line {reader.Line}: {count} fields where {(_options.HasHeader ? "the header" : "the first line")} has {width}");
            }

            var key = Key(text.AsSpan()[fields[date.Index]], reader.Line, date);
            if (keys.Count > 0 && key <= keys[^1])
            {
                throw Bad(
                    $"line {reader.Line}, column {Label(date)}: '{text.AsSpan()[fields[date.Index]]}' "
                    + (key == keys[^1] ? "repeats the line before" : "comes after a later one; rows must ascend"));
            }

            keys.Add(key);
            for (var i = 0; i < values.Count; i++)
            {
                rows[i].Add(Number(text.AsSpan()[fields[values[i].Index]], reader.Line, values[i]));
            }
        }

        var byName = new Dictionary<string, List<double?>>(StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
        {
            byName[values[i].Name] = rows[i];
        }

        return new CsvFile(keys, byName);
    }

    private int Next(ref CsvLineReader reader, scoped Span<Range> fields)
    {
        var count = reader.Read(fields);
        return count < 0 ? throw Bad($"line {reader.Line}: a quoted field does not end before the next delimiter or line break")
            : count > MaxFields ? throw Bad($"line {reader.Line}: more than {MaxFields} fields")
            : count;
    }

    private List<Column> FromHeader(string text, ReadOnlySpan<Range> fields)
    {
        var names = new string[fields.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = text.AsSpan()[fields[i]].Trim().ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        var columns = new List<Column>();
        if (_options.Columns.Count == 0)
        {
            for (var i = 0; i < names.Length; i++)
            {
                if (CsvColumn.Recognise(names[i]) is { } name && !columns.Exists(c => c.Name == name))
                {
                    columns.Add(new Column(name, i, names[i]));
                }
            }
        }
        else
        {
            foreach (var (name, source) in _options.Columns)
            {
                var index = Array.FindIndex(names, n => string.Equals(n, source.Trim(), StringComparison.OrdinalIgnoreCase));
                if (index < 0 && Position(source) is { } position && position <= names.Length)
                {
                    index = position - 1;
                }

                if (index < 0)
                {
                    throw Bad($"line 1: there is no column '{source}' for {name}; the columns are {string.Join(", ", names)}");
                }

                columns.Add(new Column(CsvColumn.Recognise(name) ?? name.ToUpperInvariant(), index, names[index]));
            }
        }

        return Checked(columns, $"line 1: the columns are {string.Join(", ", names)}");
    }

    private List<Column> FromPositions(int count)
    {
        var columns = new List<Column>();
        if (_options.Columns.Count == 0)
        {
            for (var i = 0; i < CsvColumn.UsualOrder.Length; i++)
            {
                columns.Add(new Column(CsvColumn.UsualOrder[i], i, CsvColumn.UsualOrder[i]));
            }
        }
        else
        {
            foreach (var (name, source) in _options.Columns)
            {
                var position = Position(source)
                    ?? throw Bad($"column {name} is configured as '{source}', but a file without header line needs a position such as 1");
                columns.Add(new Column(CsvColumn.Recognise(name) ?? name.ToUpperInvariant(), position - 1, name));
            }
        }

        foreach (var column in columns)
        {
            if (column.Index >= count)
            {
                throw Bad($"line 1: column {column.Name} should be field {column.Index + 1}, but there are only {count}");
            }
        }

        return Checked(columns, $"line 1 has {count} fields");
    }

    private List<Column> Checked(List<Column> columns, string found)
    {
        if (!columns.Exists(c => c.Name == CsvColumn.Date))
        {
            throw Bad($"no date column was found ({found}); name it under 'columns'");
        }

        return columns.Count > 1 ? columns : throw Bad($"no value column was found ({found}); name them under 'columns'");
    }

    private static int? Position(string source) =>
        int.TryParse(source.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0 ? position : null;

    private long Key(ReadOnlySpan<char> field, int line, Column column)
    {
        foreach (var format in _formats)
        {
            if (!DateTimeOffset.TryParseExact(field, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                continue;
            }

            if (_zone is null)
            {
                return DateOnly.FromDateTime(moment.DateTime).DayNumber;
            }

            var hasOffset = format.Contains('z', StringComparison.Ordinal) || format.Contains('K', StringComparison.Ordinal);
            return hasOffset ? moment.UtcTicks
                : _zone.ToUtc(moment.DateTime).Ticks;
        }

        throw Bad($"line {line}, column {Label(column)}: '{Shortened(field)}' is not a date of the form {string.Join(" or ", _formats.Take(2))}");
    }

    private double? Number(ReadOnlySpan<char> field, int line, Column column)
    {
        var number = column.Name switch
        {
            CsvColumn.Open or CsvColumn.High or CsvColumn.Low or CsvColumn.Close or CsvColumn.AdjustedClose or CsvColumn.Dividend => _price,
            CsvColumn.Volume or CsvColumn.Split => _plain,
            _ => _value,
        };
        if (number.TryParse(field, out var value))
        {
            if (column.Name == CsvColumn.Volume && !_options.HasFractionalVolume && (value != Math.Floor(value) || Math.Abs(value) > 9e18))
            {
                throw Bad($"line {line}, column {Label(column)}: '{Shortened(field)}' is not a whole number; set fractional_volume if volumes have decimals");
            }

            return value;
        }

        foreach (var marker in _options.MissingMarkers)
        {
            if (field.Equals(marker, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        throw Bad($"line {line}, column {Label(column)}: '{Shortened(field)}' is not a number");
    }

    private static string Shortened(ReadOnlySpan<char> field) => field.Length <= 40 ? field.ToString() : string.Concat(field[..40], "…");

    private static string Label(Column column) => column.Source == column.Name ? column.Name : $"{column.Name} ('{column.Source}')";

    private ProviderException Bad(string what) => new(ProviderErrorKind.BadResponse, $"{_file}: {what}. The file was not used.")
    {
        Target = _file,
        Provider = _options.Name,
    };

    private readonly record struct Column(string Name, int Index, string Source);
}
