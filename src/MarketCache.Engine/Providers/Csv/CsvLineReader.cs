namespace MarketCache.Engine.Providers.Csv;

/// <summary>Splits a text into lines, however they end, and fields without copying. Quoted fields may hold delimiters, not line breaks.</summary>
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

    /// <summary>What separates the fields.</summary>
    public readonly char Delimiter => _delimiter;

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
            var end = EndOfLine();

            if (!_text[start..end].IsWhiteSpace())
            {
                return Split(start, end, fields);
            }
        }

        return 0;
    }

    /// <summary>Passes over a line, whatever it holds.</summary>
    public void Skip()
    {
        Line++;
        EndOfLine();
    }

    private int EndOfLine()
    {
        var length = _text[_at..].IndexOfAny('\r', '\n');
        var end = length < 0 ? _text.Length : _at + length;
        _at = length < 0 ? end : end + (_text[end] == '\r' && end + 1 < _text.Length && _text[end + 1] == '\n' ? 2 : 1);
        return end;
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
