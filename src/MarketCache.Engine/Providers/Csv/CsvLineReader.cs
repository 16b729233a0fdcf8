namespace MarketCache.Engine.Providers.Csv;

/// <summary>Splits a text into lines and fields without copying. Quoted fields may hold delimiters, not line breaks.</summary>
internal ref struct CsvLineReader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly char _delimiter;
    private int _at;

    public CsvLineReader(ReadOnlySpan<char> text, char delimiter)
    {
        _text = text;
        _delimiter = delimiter;
        Line = 0;
    }

    /// <summary>The number of the line last read, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next line that is not blank.</summary>
    /// <param name="fields">Takes where the fields are; those beyond its length are only counted.</param>
    /// <returns>The number of fields; 0 at the end of the text; -1 if a quote is not closed on its line.</returns>
    public int Read(scoped Span<Range> fields)
    {
        while (_at < _text.Length)
        {
            Line++;
            var start = _at;
            var length = _text[start..].IndexOf('\n');
            var end = length < 0 ? _text.Length : start + length;
            _at = length < 0 ? _text.Length : end + 1;
            while (end > start && _text[end - 1] == '\r')
            {
                end--;
            }

            if (!_text[start..end].IsWhiteSpace())
            {
                return Split(start, end, fields);
            }
        }

        return 0;
    }

    private readonly int Split(int start, int end, scoped Span<Range> fields)
    {
        var count = 0;
        var at = start;
        while (true)
        {
            int from, to;
            if (at < end && _text[at] == '"')
            {
                from = at + 1;
                to = from;
                while (true)
                {
                    var quote = to <= end ? _text[to..end].IndexOf('"') : -1;
                    if (quote < 0)
                    {
                        return -1;
                    }

                    to += quote;
                    if (to + 1 < end && _text[to + 1] == '"')
                    {
                        to += 2;
                        continue;
                    }

                    break;
                }

                at = to + 1;
                while (at < end && _text[at] == ' ')
                {
                    at++;
                }

                if (at < end && _text[at] != _delimiter)
                {
                    return -1;
                }
            }
            else
            {
                var delimiter = _text[at..end].IndexOf(_delimiter);
                from = at;
                to = delimiter < 0 ? end : at + delimiter;
                at = to;
                while (from < to && _text[from] == ' ')
                {
                    from++;
                }

                while (to > from && _text[to - 1] == ' ')
                {
                    to--;
                }
            }

            if (count < fields.Length)
            {
                fields[count] = new Range(from, to);
            }

            count++;
            if (at >= end)
            {
                return count;
            }

            at++;
        }
    }
}
