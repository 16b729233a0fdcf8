using System.Globalization;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>Reads one file whole, or refuses it whole with one error that names file, line and column.</summary>
internal sealed class CsvParser
{
    private const int MaxFields = 512;
    private const int MostHeaderLines = 40;
    private static readonly char[] Delimiters = ['\t', ';', '|', ','];

    private readonly CsvOptions _options;
    private readonly string _file;
    private readonly ExchangeZone _zone;
    private readonly bool _isIntraday;
    private readonly ScaledNumber _price;
    private readonly ScaledNumber _plain = new(1);
    private readonly ScaledNumber _value;
    private readonly List<string> _guesses;

    /// <param name="options">What the file looks like.</param>
    /// <param name="file">The file's name for messages.</param>
    /// <param name="zone">The zone of moments without offset.</param>
    /// <param name="isIntraday">Whether rows are keyed by moments; else by days.</param>
    /// <param name="guesses">What has been guessed so far; takes the rest.</param>
    public CsvParser(CsvOptions options, string file, ExchangeZone zone, bool isIntraday, List<string> guesses)
    {
        (_options, _file, _zone, _isIntraday, _guesses) = (options, file, zone, isIntraday, guesses);
        _price = new ScaledNumber(options.PriceScale);
        _value = new ScaledNumber(options.ValueScale);
    }

    /// <summary>Reads the file.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="ticker">The ticker wanted, where columns of several stand beside each other.</param>
    public CsvFile Parse(string text, string? ticker)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw Bad("it holds zero bytes, so it is damaged or no text; name its encoding if it has another than UTF-8");
        }

        var reader = new CsvLineReader(text, _options.Delimiter ?? Delimiter(text));
        for (var i = 0; i < _options.SkipLines; i++)
        {
            reader.Skip();
        }

        var layout = Layout(text, ref reader, ticker);
        var numbers = Numbers(text, reader, layout);
        return Read(text, reader, layout, numbers);
    }

    private CsvFile Read(string text, CsvLineReader reader, CsvLayout layout, CsvNumbers numbers)
    {
        Span<Range> fields = stackalloc Range[MaxFields];
        var dates = new CsvDates(_options.DateFormats, _zone, _isIntraday);
        var (date, time, values) = (layout.Date, layout.Time, layout.Values);
        string? example = null;
        var lines = new List<int>();
        var rows = values.ConvertAll(static _ => new List<double?>());
        for (var count = Next(ref reader, fields); count != 0; count = Next(ref reader, fields))
        {
            if (IsFooter(text, fields, count, dates))
            {
                var footer = reader.Line;
                if (Next(ref reader, fields) != 0)
                {
                    throw Bad($"line {footer}: a line without values amid the rows");
                }

                break;
            }

            if (!IsWhole(text, fields, count, layout.Width))
            {
                throw Bad($"line {reader.Line}: {count} fields where {layout.WidthOf} has {layout.Width}");
            }

            var day = Field(text, fields[date.Index]);
            var key = time is null ? day : $"{day} {Field(text, fields[time.Value.Index])}";
            if (!dates.Add(key))
            {
                throw Bad($"line {reader.Line}, column {Label(date)}: '{Shortened(key)}' is not a date of the form {dates.Expected}{(dates.Count > 0 && dates.IsGuess ? " as the rows before have it" : "")}; the setting date_format names others");
            }

            example ??= key.ToString();
            lines.Add(reader.Line);
            for (var i = 0; i < values.Count; i++)
            {
                rows[i].Add(Number(Field(text, fields[values[i].Index]), reader.Line, values[i], numbers));
            }
        }

        var keys = dates.Decide(out var format)
            ?? throw Bad($"line {lines[0]}, column {Label(date)}: '{example}' and all others can be read with the month or the day first; set date_format to 'M/d/yyyy' or 'd/M/yyyy'");
        if (format is not null)
        {
            _guesses.Add($"date_format: {format}");
        }

        if (keys.Count > 1 && keys[0] > keys[^1])
        {
            // Newest first, as many services write. Whether every row follows is checked below.
            keys.Reverse();
            lines.Reverse();
            rows.ForEach(static column => column.Reverse());
        }

        for (var i = 1; i < keys.Count; i++)
        {
            if (keys[i] <= keys[i - 1])
            {
                var (line, other) = (Math.Max(lines[i], lines[i - 1]), Math.Min(lines[i], lines[i - 1]));
                throw Bad($"line {line}, column {Label(date)}: it {(keys[i] == keys[i - 1] ? "repeats the date" : "is out of order with the date")} of line {other}; rows must ascend or descend");
            }
        }

        if (_isIntraday && keys.Count > 1 && keys.TrueForAll(key => _zone.ToLocal(new DateTime(key, DateTimeKind.Utc)).TimeOfDay == TimeSpan.Zero))
        {
            throw Bad("its rows have no time of day, so they are no intraday bars");
        }

        var byName = new Dictionary<string, List<double?>>(StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
        {
            byName[values[i].Name] = rows[i];
        }

        return new CsvFile(keys, byName);
    }

    /// <summary>The delimiter that most lines agree on; a comma, which also stands in numbers and texts, comes last.</summary>
    private char Delimiter(string text)
    {
        var named = text.AsSpan().TrimStart('\uFEFF');
        if (named.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && named.Length > 4)
        {
            return named[4];
        }

        Span<Range> fields = stackalloc Range[MaxFields];
        foreach (var candidate in Delimiters)
        {
            var reader = new CsvLineReader(text, candidate);
            var widths = new List<int>();
            while (widths.Count < MostHeaderLines && reader.Read(fields) is not 0 and var count)
            {
                widths.Add(count);
            }

            if (widths.Count > 0 && widths.GroupBy(static width => width).MaxBy(static group => group.Count())! is { Key: > 1 } most && most.Count() * 2 > widths.Count)
            {
                if (candidate != ',')
                {
                    _guesses.Add($"delimiter: {(candidate == '\t' ? "tab" : candidate)}");
                }

                return candidate;
            }
        }

        return ',';
    }

    /// <summary>Finds header and columns; the reader stands before the first row then.</summary>
    private CsvLayout Layout(string text, ref CsvLineReader reader, string? ticker)
    {
        Span<Range> fields = stackalloc Range[MaxFields];
        var dates = new CsvDates(_options.DateFormats, _zone, _isIntraday);
        var start = reader;
        var head = new List<(int Line, string[] Names)>();
        var hasRow = false;
        while (head.Count < MostHeaderLines)
        {
            var count = Next(ref reader, fields);
            if (count == 0)
            {
                break;
            }

            var names = Names(text, fields[..Math.Min(count, MaxFields)]);
            if (reader.Line == 1 && names[0].StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
            {
                start = reader;
                continue;
            }

            if (IsRow(names, dates))
            {
                hasRow = true;
                break;
            }

            head.Add((reader.Line, names));
        }

        if (_options.HasHeader == false || (hasRow && head.Count == 0 && _options.HasHeader is null))
        {
            reader = start;
            var count = Next(ref reader, fields);
            reader = start;
            if (_options.HasHeader is null && count > 0)
            {
                _guesses.Add("header: false");
            }

            return count == 0 ? throw Bad("the file is empty") : FromPositions(count);
        }

        reader = start;
        if (head.Count == 0)
        {
            var count = Next(ref reader, fields);
            return count == 0 ? throw Bad("the file is empty") : FromHeader([(reader.Line, Names(text, fields[..count]))], 0, ticker);
        }

        // Above the names there may be titles, below them only what holds no figures: nothing that could be a row is passed over.
        var at = _options.SkipLines is not null ? 0 : head.FindIndex(line => NamesIn(line.Names) > 1);
        at = Math.Max(0, at);
        var last = at;
        while (hasRow && last + 1 < head.Count && !Array.Exists(head[last + 1].Names, static name => name.Length > 0 && new ScaledNumber(1).TryParse(name, out _)))
        {
            last++;
        }

        while (reader.Line < head[last].Line)
        {
            Next(ref reader, fields);
        }

        if ((at > 0 || last > at) && _options.SkipLines is null)
        {
            _guesses.Add($"skip_lines: {head[at].Line - 1}");
        }

        return FromHeader(head.GetRange(0, last + 1), at, ticker);
    }

    private int NamesIn(string[] names) => _options.Columns.Count > 0
        ? _options.Columns.Values.Count(source => Array.Exists(names, name => string.Equals(name, source.Trim(), StringComparison.OrdinalIgnoreCase)))
        : names.Count(static name => CsvColumn.Recognise(name) is not null);

    private static bool IsRow(string[] names, CsvDates dates) =>
        names.Length > 1 && Array.Exists(names, name => dates.Fits(name)) && Array.TrueForAll(names, static name => CsvColumn.Recognise(name) is null);

    private CsvNumbers Numbers(string text, CsvLineReader reader, CsvLayout layout)
    {
        var thousands = _options.Thousands is { Length: > 0 } set ? set[0] : (char?)null;
        if (_options.Decimal is { } known)
        {
            return new CsvNumbers(known, _options.Thousands is null ? known == ',' ? '.' : ',' : thousands);
        }

        // A comma in a number needs quotes or another delimiter: most files have none and are not read twice.
        var evidence = new CsvNumbers.Evidence();
        if (reader.Delimiter != ',' || text.Contains('"', StringComparison.Ordinal))
        {
            Span<Range> fields = stackalloc Range[MaxFields];
            for (var count = Next(ref reader, fields); count != 0; count = Next(ref reader, fields))
            {
                foreach (var column in layout.Values)
                {
                    if (column.Index < count)
                    {
                        evidence.See(Field(text, fields[column.Index]));
                    }
                }
            }
        }

        var numbers = evidence.Decide(out var unclear)
            ?? throw Bad($"'{unclear}' can be a grouped whole number or one with decimals; set decimal to '.' or ','");
        if (_options.Thousands is not null)
        {
            return numbers with { Thousands = thousands };
        }

        if (numbers != new CsvNumbers('.', null))
        {
            _guesses.Add($"decimal: '{numbers.Decimal}'");
        }

        return numbers;
    }

    private CsvLayout FromHeader(List<(int Line, string[] Names)> head, int at, string? ticker)
    {
        var names = head[at].Names;
        var below = head.GetRange(at + 1, head.Count - at - 1);
        var columns = new List<CsvLayout.Column>();
        if (_options.Columns.Count == 0)
        {
            var tickers = below.Find(static line => line.Names[0].Equals("Ticker", StringComparison.OrdinalIgnoreCase)).Names?[1..].Where(static name => name.Length > 0).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var line = below.Find(static line => line.Names[0].Equals("Ticker", StringComparison.OrdinalIgnoreCase)).Names;
            if (tickers is { Count: > 1 } && (ticker is null || !tickers.Contains(ticker)))
            {
                throw Bad($"line {head[at].Line + 1}: it holds {string.Join(", ", tickers)}, but not {ticker}");
            }

            for (var i = 0; i < names.Length; i++)
            {
                // A date may be named in a line below, as by yfinance, which writes 'Price' above it.
                var lower = below.Select(row => i < row.Names.Length ? CsvColumn.Recognise(row.Names[i]) : null).FirstOrDefault(static name => name == CsvColumn.Date);
                var isOthers = tickers is { Count: > 1 } && lower is null && !(i < line!.Length && line[i].Equals(ticker, StringComparison.OrdinalIgnoreCase));
                if ((lower ?? CsvColumn.Recognise(names[i])) is { } name && !isOthers && !columns.Exists(c => c.Name == name))
                {
                    columns.Add(new(name, i, names[i]));
                }
            }
        }
        else
        {
            foreach (var (name, source) in _options.Columns)
            {
                var index = Array.FindIndex(names, n => string.Equals(n, source.Trim(), StringComparison.OrdinalIgnoreCase));
                foreach (var (_, lower) in below)
                {
                    index = index >= 0 ? index : Array.FindIndex(lower, n => string.Equals(n, source.Trim(), StringComparison.OrdinalIgnoreCase));
                }

                if (index < 0 && Position(source) is { } position && position <= names.Length)
                {
                    index = position - 1;
                }

                if (index < 0)
                {
                    throw Bad($"line {head[at].Line}: there is no column '{source}' for {name}; the columns are {string.Join(", ", names)}");
                }

                columns.Add(new(CsvColumn.Recognise(name) ?? name.ToUpperInvariant(), index, names[index]));
            }
        }

        return Checked(columns, names.Length, "the header", $"line {head[at].Line}: the columns are {string.Join(", ", names)}");
    }

    private CsvLayout FromPositions(int count)
    {
        var columns = new List<CsvLayout.Column>();
        if (_options.Columns.Count == 0)
        {
            if (_options.HasHeader is null && count != CsvColumn.UsualOrder.Length)
            {
                throw Bad($"line 1: no line names the columns, and {count} of them can be anything; name them by their positions under 'columns'");
            }

            for (var i = 0; i < CsvColumn.UsualOrder.Length; i++)
            {
                columns.Add(new(CsvColumn.UsualOrder[i], i, CsvColumn.UsualOrder[i]));
            }
        }
        else
        {
            foreach (var (name, source) in _options.Columns)
            {
                var position = Position(source)
                    ?? throw Bad($"column {name} is configured as '{source}', but a file without header line needs a position such as 1");
                columns.Add(new(CsvColumn.Recognise(name) ?? name.ToUpperInvariant(), position - 1, name));
            }
        }

        foreach (var column in columns)
        {
            if (column.Index >= count)
            {
                throw Bad($"line 1: column {column.Name} should be field {column.Index + 1}, but there are only {count}");
            }
        }

        return Checked(columns, count, "the first line", $"line 1 has {count} fields");
    }

    private CsvLayout Checked(List<CsvLayout.Column> columns, int width, string widthOf, string found)
    {
        // A price that is named no further is the close where nothing else is; a time beside a date completes it.
        var hasClose = columns.Exists(static c => c.Name == CsvColumn.Close);
        columns = [.. columns.Where(c => !hasClose || c.Name != CsvColumn.Price).Select(static c => c.Name == CsvColumn.Price ? c with { Name = CsvColumn.Close } : c)];
        var (date, time) = (columns.FindIndex(static c => c.Name == CsvColumn.Date), columns.FindIndex(static c => c.Name == CsvColumn.Time));
        if (date < 0 && time < 0)
        {
            throw Bad($"no date column was found ({found}); name it under 'columns'");
        }

        var values = columns.FindAll(static c => c.Name is not (CsvColumn.Date or CsvColumn.Time));
        return values.Count > 0
            ? new CsvLayout(width, widthOf, columns[date < 0 ? time : date], date >= 0 && time >= 0 && _isIntraday ? columns[time] : null, values)
            : throw Bad($"no value column was found ({found}); name them under 'columns'");
    }

    private int Next(ref CsvLineReader reader, scoped Span<Range> fields)
    {
        var count = reader.Read(fields);
        return count < 0 ? throw Bad($"line {reader.Line}: a quoted field does not end before the next delimiter or line break")
            : count > MaxFields ? throw Bad($"line {reader.Line}: more than {MaxFields} fields")
            : count;
    }

    /// <summary>Whether a line has as many fields as it should, empty ones at its end not counted.</summary>
    private static bool IsWhole(string text, scoped ReadOnlySpan<Range> fields, int count, int width)
    {
        while (count > width && Field(text, fields[count - 1]).IsEmpty)
        {
            count--;
        }

        return count == width;
    }

    /// <summary>Whether a line is one text such as a source or a notice, which may follow the rows.</summary>
    private static bool IsFooter(string text, scoped ReadOnlySpan<Range> fields, int count, CsvDates dates)
    {
        var first = Field(text, fields[0]);
        for (var i = 1; i < count; i++)
        {
            if (!Field(text, fields[i]).IsEmpty)
            {
                return false;
            }
        }

        return first.Length > 0 && char.IsLetter(first[0]) && !dates.Fits(first);
    }

    private double? Number(ReadOnlySpan<char> field, int line, in CsvLayout.Column column, CsvNumbers numbers)
    {
        var scale = column.Name switch
        {
            CsvColumn.Open or CsvColumn.High or CsvColumn.Low or CsvColumn.Close or CsvColumn.AdjustedClose or CsvColumn.Dividend => _price,
            CsvColumn.Volume or CsvColumn.Split => _plain,
            _ => _value,
        };
        if (numbers.TryParse(field, scale, out var value))
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

    private static string[] Names(string text, scoped ReadOnlySpan<Range> fields)
    {
        var names = new string[fields.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = Field(text, fields[i]).Trim().Trim('\uFEFF').ToString().Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        return names;
    }

    private static ReadOnlySpan<char> Field(string text, Range range) => text.AsSpan()[range];

    private static int? Position(string source) =>
        int.TryParse(source.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0 ? position : null;

    private static string Shortened(ReadOnlySpan<char> field) => field.Length <= 40 ? field.ToString() : string.Concat(field[..40], "…");

    private static string Label(in CsvLayout.Column column) => column.Source == column.Name ? column.Name : $"{column.Name} ('{column.Source}')";

    private ProviderException Bad(string what) => new(ProviderErrorKind.BadResponse, $"{_file}: {what}. The file was not used.")
    {
        Target = _file,
        Provider = _options.Name,
    };
}
