using System.Globalization;
using System.Text;
using System.Threading.Channels;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// A file that lines are appended to in the background, and that makes way for a new one when it is full. Several processes
/// may share it: each opens it exclusively for the moment of a write. Writing never throws and never waits; what cannot be
/// written is dropped and counted.
/// </summary>
internal sealed class RollingFile : IDisposable
{
    private const int MaxWaiting = 4096;
    private const int MaxBatch = 64 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _files;
    private readonly Channel<string> _waiting;
    private readonly object _gate = new();
    private Task? _pump;
    private long _dropped;
    private long _reported;

    /// <summary>Names the file. Nothing is opened before something is written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The size at which a new file is begun.</param>
    /// <param name="files">The most files kept, the current one among them, at least 1.</param>
    public RollingFile(string path, long maxBytes, int files)
    {
        _path = Path.GetFullPath(path);
        _maxBytes = Math.Max(1, maxBytes);
        _files = Math.Max(1, files);
        _waiting = Channel.CreateBounded<string>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    /// <summary>Lines that could not be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Writes a text soon.</summary>
    /// <param name="text">The text with its line end.</param>
    public void Write(string text)
    {
        if (!_waiting.Writer.TryWrite(text))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        if (Volatile.Read(ref _pump) is null)
        {
            lock (_gate)
            {
                _pump ??= Task.Run(PumpAsync);
            }
        }
    }

    /// <summary>Writes what is waiting, for two seconds at most, and ends.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        Volatile.Read(ref _pump)?.Wait(LongestWait);
    }

    private async Task PumpAsync()
    {
        var batch = new StringBuilder();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            var lines = 0;
            while (batch.Length < MaxBatch && _waiting.Reader.TryRead(out var text))
            {
                batch.Append(text);
                lines++;
            }

            if (!await TryAppendAsync(batch).ConfigureAwait(false))
            {
                Interlocked.Add(ref _dropped, lines);
            }
        }
    }

    private async Task<bool> TryAppendAsync(StringBuilder batch)
    {
        var dropped = Dropped;
        if (dropped > _reported)
        {
            batch.Append(CultureInfo.InvariantCulture, $"    ({dropped - _reported} events could not be written.)\n");
        }

        var bytes = Encoding.UTF8.GetBytes(batch.ToString());
        try
        {
            // The waits are of the machine's time: another process holds the file for a write, which is short.
            for (var wait = 1; wait <= 512; wait *= 2)
            {
                if (TryAppend(bytes))
                {
                    _reported = dropped;
                    return true;
                }

                // Other processes hold the file, so this is the machine's time, whatever the engine's clock.
                await Task.Delay(TimeSpan.FromMilliseconds(wait), TimeProvider.System).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            // A log that cannot be written must not be in anyone's way.
        }

        return false;
    }

    private bool TryAppend(byte[] bytes)
    {
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            PrivateFiles.CreateFolder(folder);
        }

        while (true)
        {
            using var stream = TryOpen();
            if (stream is null)
            {
                return false;
            }

            if (stream.Length == 0 || stream.Length + bytes.Length <= _maxBytes)
            {
                stream.Seek(0, SeekOrigin.End);
                stream.Write(bytes);
                return true;
            }

            try
            {
                Roll(stream);
            }
            catch (IOException error) when (PrivateFiles.IsLocked(error))
            {
                return false;
            }
        }
    }

    private FileStream? TryOpen()
    {
        try
        {
            // On Windows readers may look on; elsewhere nothing keeps them from it.
            var stream = PrivateFiles.OpenOrCreate(_path, OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None);

            // It may have been rolled between being opened and being locked: then what was opened is an old one.
            if (OperatingSystem.IsWindows() || new FileInfo(_path) is { Exists: true } now && now.Length == stream.Length)
            {
                return stream;
            }

            stream.Dispose();
            return null;
        }
        catch (IOException error) when (PrivateFiles.IsLocked(error))
        {
            return null;
        }
    }

    private void Roll(FileStream stream)
    {
        if (_files == 1)
        {
            stream.SetLength(0);
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            stream.Dispose(); // An open file cannot be renamed there.
        }

        for (var number = _files - 1; number >= 1; number--)
        {
            var from = number == 1 ? _path : NameOf(number - 1);
            if (File.Exists(from))
            {
                File.Move(from, NameOf(number), overwrite: true);
            }
        }
    }

    /// <summary>The name of an old file: <c>name.1.log</c> is the youngest.</summary>
    private string NameOf(int number) => Path.Join(
        Path.GetDirectoryName(_path),
        string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(_path)}.{number}{Path.GetExtension(_path)}"));
}
