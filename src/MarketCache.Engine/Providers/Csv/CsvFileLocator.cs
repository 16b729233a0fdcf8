using System.IO.Compression;
using MarketCache.Engine.Providers.Rows;

namespace MarketCache.Engine.Providers.Csv;

/// <summary>Finds and opens the file that answers a request. No name in a request can lead out of the folder.</summary>
internal sealed class CsvFileLocator
{
    private static readonly EnumerationOptions AnyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, MatchType = MatchType.Simple };
    private readonly CsvOptions _options;
    private readonly string _root;
    private readonly string? _only;

    public CsvFileLocator(CsvOptions options)
    {
        _options = options;
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Path!));
        _only = !IsZip(path) && File.Exists(path) ? path : null;
        _root = _only is null ? path : Path.GetDirectoryName(path)!;
    }

    /// <summary>Whether the configured path is one archive of many files rather than a folder.</summary>
    private bool IsArchive => IsZip(_root) && File.Exists(_root);

    /// <summary>The file that answers a request.</summary>
    public CsvLocation Locate(ProviderRequest request)
    {
        var isArchive = IsArchive;
        if (!isArchive && !Directory.Exists(_root))
        {
            throw Error(ProviderErrorKind.Unavailable, $"The path {_root} of provider '{_options.Name}' does not exist. Correct its setting 'path' or connect the drive.", request);
        }

        if (_only is not null)
        {
            return Located(_only, request);
        }

        var ticker = request.Ticker;
        if (ticker is not null && Mapped(ticker) is { } mapped)
        {
            return isArchive ? new CsvLocation(_root, mapped) : Find(mapped) is { } file ? Located(file, request) : throw Missing(request, mapped);
        }

        var pattern = _options.FilePattern;
        if (pattern.Contains("{ticker}", StringComparison.OrdinalIgnoreCase))
        {
            if (ticker is null)
            {
                throw Error(ProviderErrorKind.BadRequest, $"Provider '{_options.Name}' keeps one file per ticker ({pattern}), so {request.DataType} needs a ticker.", request);
            }
        }
        else if (ticker is not null)
        {
            throw Error(
                ProviderErrorKind.NotFound,
                $"Provider '{_options.Name}' has a single file {pattern} that belongs to no ticker. Put {{ticker}} into its setting 'file', or name the ticker's file under 'files'.",
                request);
        }

        foreach (var part in new[] { ticker, request.DataType, request.Frequency })
        {
            if (part is not null && !TickerRules.IsSafeFileName(part))
            {
                throw Error(ProviderErrorKind.NotFound, $"Provider '{_options.Name}' has no file for '{Printable(part)}': it is not a valid file name.", request);
            }
        }

        var name = Fill(pattern, request);
        return isArchive ? new CsvLocation(_root, name)
            : (Find(name) ?? Find(name.ToLowerInvariant()) ?? FindAnyCase(name)) is { } path ? Located(path, request)
            : throw Missing(request, name);
    }

    /// <summary>The file's text, unpacked and decoded.</summary>
    public string ReadText(CsvLocation location, ProviderRequest request, List<string> guesses)
    {
        var path = location.Path;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
            if (path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
            {
                using var archive = new ZipArchive(file, ZipArchiveMode.Read);
                using var entry = Entry(archive, location, request).Open();
                return Read(entry, path, guesses);
            }

            if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                using var unpacked = new GZipStream(file, CompressionMode.Decompress);
                return Read(unpacked, path, guesses);
            }

            return Read(file, path, guesses);
        }
        catch (InvalidDataException e)
        {
            throw Error(ProviderErrorKind.BadResponse, $"{path} is damaged and cannot be unpacked: {e.Message}", request, e);
        }
        catch (System.Text.DecoderFallbackException e)
        {
            throw Error(ProviderErrorKind.BadResponse, $"{path} is not {_options.Encoding ?? "UTF-8"} text; the setting encoding names another. The file was not used.", request, e);
        }
        catch (FileNotFoundException e)
        {
            throw Error(ProviderErrorKind.NotFound, $"{path} has gone.", request, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Error(ProviderErrorKind.Unavailable, $"{path} cannot be read: {e.Message}", request, e);
        }
    }

    private ZipArchiveEntry Entry(ZipArchive archive, CsvLocation location, ProviderRequest request)
    {
        var files = archive.Entries.Where(e => e.Name.Length > 0).ToList();
        if (location.Entry is null && files.Count == 1)
        {
            return files[0];
        }

        var wanted = location.Entry ?? Path.GetFileNameWithoutExtension(location.Path) + ".csv";
        return files.Find(e => string.Equals(e.FullName, wanted, StringComparison.OrdinalIgnoreCase))
            ?? throw Error(ProviderErrorKind.NotFound, $"{location.Path} has {files.Count} files, but no '{wanted}'.", request);
    }

    private CsvLocation Located(string path, ProviderRequest request) => new(path, _options.Entry is null ? null : Fill(_options.Entry, request));

    private static bool IsZip(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    private string Read(Stream stream, string path, List<string> guesses)
    {
        using var bounded = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bounded.Length + read > _options.MaxBytes)
            {
                throw new ProviderException(ProviderErrorKind.BadResponse, $"{path} is larger than {_options.MaxBytes:#,0} bytes when unpacked; the setting max_size_mb allows more.")
                {
                    Target = path,
                    Provider = _options.Name,
                };
            }

            bounded.Write(buffer, 0, read);
        }

        return CsvText.Decode(bounded.GetBuffer().AsSpan(0, (int)bounded.Length), _options.Encoding, guesses);
    }

    private static string Fill(string pattern, ProviderRequest request) => pattern
        .Replace("{ticker}", request.Ticker, StringComparison.OrdinalIgnoreCase)
        .Replace("{data_type}", request.DataType, StringComparison.OrdinalIgnoreCase)
        .Replace("{frequency}", request.Frequency, StringComparison.OrdinalIgnoreCase);

    private string? Mapped(string ticker)
    {
        foreach (var (name, file) in _options.Files)
        {
            if (string.Equals(name, ticker, StringComparison.OrdinalIgnoreCase))
            {
                return file;
            }
        }

        return null;
    }

    private string? Find(string name) => Inside(name) is { } path && File.Exists(path) ? path : null;

    private string? FindAnyCase(string name)
    {
        var path = Inside(name);
        var folder = Path.GetDirectoryName(path);
        var file = Path.GetFileName(path);
        if (folder is null || file is null || !Directory.Exists(folder) || file.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            return null;
        }

        var found = Directory.GetFiles(folder, file, AnyCase);
        Array.Sort(found, StringComparer.Ordinal);
        return found.Length > 0 ? found[0] : null;
    }

    private string? Inside(string name)
    {
        var path = Path.GetFullPath(name, _root);
        return path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }

    private ProviderException Missing(ProviderRequest request, string name) => Error(
        ProviderErrorKind.NotFound, $"Provider '{_options.Name}' has no file {name} in {_root}.", request);

    private ProviderException Error(ProviderErrorKind kind, string message, ProviderRequest request, Exception? cause = null) =>
        new(kind, message, cause) { Target = request.Ticker ?? request.DataType, Provider = _options.Name };

    private static string Printable(string text) => string.Concat(text.Take(64).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
