using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MarketCache.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace MarketCache.Engine.Storage;

/// <summary>
/// The cross-process account of what the folder allocates (<c>stats/usage</c>) and, being locked while it is open, the
/// one gate through which every change of the folder goes. Readers never come here.
/// </summary>
internal sealed class UsageLedger
{
    private readonly object _gate = new();
    private readonly byte[] _buffer = new byte[LedgerLayout.Bytes];
    private readonly StoreLayout _layout;
    private readonly StoreFaults _faults;
    private readonly TimeProvider _time;
    private readonly Action _createFolders;
    private StoreUsage _lastRead;
    private StrongBox<DateTime>? _still;

    public UsageLedger(StoreLayout layout, StoreFaults faults, TimeProvider time, Action createFolders)
    {
        _layout = layout;
        _faults = faults;
        _time = time;
        _createFolders = createFolders;
    }

    /// <summary>Takes the gate and reads the account; what a dead writer left undone is put right first.</summary>
    /// <param name="wait">How long to wait while nobody else makes progress; ten times that in all.</param>
    /// <exception cref="CacheStoreException">The wait ran out.</exception>
    /// <exception cref="IOException">The file system refused.</exception>
    public LedgerSession Enter(TimeSpan wait)
    {
        // A stopped process may hold the gate for long. After one wait in vain the next callers only look, until it moves.
        if (_still is { } still && still.Value == Stamp())
        {
            wait = TimeSpan.FromMilliseconds(Math.Min(wait.TotalMilliseconds, 10));
        }

        GateWait waiting = new(wait, Stamp);
        while (!Monitor.TryEnter(_gate, waiting.Step))
        {
            if (waiting.IsOver)
            {
                throw TimedOut(wait);
            }
        }

        SafeFileHandle? file = null;
        bool entered = false;
        try
        {
            int delay = 0;
            while ((file = TryOpen()) is null)
            {
                if (waiting.IsOver)
                {
                    throw TimedOut(wait);
                }

                Thread.Sleep(delay == 0 ? 0 : 1 + Random.Shared.Next(delay));
                delay = Math.Min(delay + 1, 8);
            }

            _still = null;
            LedgerSession session = new(file, _buffer, _layout, _faults, _time, Leave);
            session.Load();
            entered = true;
            return session;
        }
        finally
        {
            if (!entered)
            {
                file?.Dispose();
                Monitor.Exit(_gate);
            }
        }
    }

    /// <summary>The totals as last written, without the gate.</summary>
    public StoreUsage Read(long maxBytes)
    {
        byte[] header = new byte[LedgerLayout.HeaderBytes];
        return TryReadHeader(header) switch
        {
            true => _lastRead = LedgerLayout.ReadTotals(header, maxBytes),
            false => _lastRead = new StoreUsage(0, 0, 0, 0, maxBytes),
            null => _lastRead with { MaxBytes = maxBytes },
        };
    }

    /// <summary>When a sweep last ended, UTC ticks; 0 for never or not known.</summary>
    public long LastSweep()
    {
        byte[] header = new byte[LedgerLayout.HeaderBytes];
        return TryReadHeader(header) == true ? BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(LedgerLayout.LastSweepAt)) : 0;
    }

    /// <summary>Reads the header without the gate; false where there is none, null where it could not be had.</summary>
    private bool? TryReadHeader(byte[] header)
    {
        for (int attempt = 0; attempt < 8; attempt++)
        {
            try
            {
                using SafeFileHandle handle = PrivateFiles.OpenRead(_layout.Usage);
                if (PrivateFiles.ReadAll(handle, header) == header.Length && LedgerLayout.IsHeader(header))
                {
                    return true;
                }
            }
            catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                // A writer has it; its hold is short.
            }

            Thread.Sleep(attempt == 0 ? 0 : 1);
        }

        return null;
    }

    private SafeFileHandle? TryOpen()
    {
        try
        {
            if (PrivateFiles.IsLink(_layout.Usage))
            {
                _faults.CountDamage("a link", _layout.Usage);
                File.Delete(_layout.Usage);
            }

            return File.OpenHandle(_layout.Usage, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            PrivateFiles.OpenOrCreate(_layout.Usage, FileShare.ReadWrite).Dispose();
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            _createFolders();
            return null;
        }
        catch (IOException error) when (PrivateFiles.IsLocked(error))
        {
            return null;
        }
    }

    /// <summary>Changes with every writer that comes and goes.</summary>
    private DateTime Stamp() => File.GetLastWriteTimeUtc(_layout.Usage);

    private void Leave(LedgerSession session)
    {
        _lastRead = session.Usage(0);
        Monitor.Exit(_gate);
    }

    private CacheStoreException TimedOut(TimeSpan wait)
    {
        _still = new StrongBox<DateTime>(Stamp());
        return new CacheStoreException(
            CacheStoreFault.Busy,
            $"Other processes kept the cache folder '{_layout.Root}' busy for more than {wait.TotalMilliseconds:F0} ms; this write was left out.");
    }
}
