using System.Globalization;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Diagnostics;

/// <summary>
/// The files of persisted counters: one per process and day (<c>id-yyyyMMdd-n.counts</c>), one per day for all whose
/// processes have gone (<c>day-yyyyMMdd.counts</c>), and a lock per running process (<c>id.live</c>) that the operating
/// system lets go when the process ends, however it ends.
/// </summary>
/// <remarks>
/// Folding writes the sum and the names of what is in it in one atomic replacement, then deletes the folded files. Readers
/// read the processes' files before the days' and skip those named there: a file counts exactly once at any moment.
/// </remarks>
internal sealed class CounterFolder(string directory)
{
    /// <summary>Days kept; older ones are added up in one file, so that totals never fall.</summary>
    public const int MaxDays = 400;

    private const string Extension = ".counts";
    private const string LiveExtension = ".live";
    private const string TempExtension = ".tmp";
    private const string DayPrefix = "day-";
    private const string DayFormat = "yyyyMMdd";

    /// <summary>Stands for all days before those that are kept.</summary>
    private static readonly DateOnly Before = DateOnly.MinValue;

    // A reader may hold a file's counts while it is folded and forgotten; it takes no reader that long to see it named.
    private const int FoldedKept = 512;

    private readonly object _gate = new();
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);

    /// <summary>Damaged or foreign files met so far.</summary>
    public int DamagedFiles
    {
        get
        {
            lock (_gate)
            {
                return _damaged.Count;
            }
        }
    }

    /// <summary>The name of a process's file.</summary>
    /// <param name="id">The process's id here.</param>
    /// <param name="day">The day.</param>
    /// <param name="number">Tells several files of one process and day apart.</param>
    public static string NameOf(string id, DateOnly day, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{id}-{day.ToString(DayFormat, CultureInfo.InvariantCulture)}-{number}{Extension}");

    /// <summary>Whether a file is there.</summary>
    /// <param name="name">Its name.</param>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <summary>Takes the lock that shows others that a process lives.</summary>
    /// <param name="id">The process's id here.</param>
    /// <exception cref="IOException">The lock cannot be made.</exception>
    public FileStream LockLive(string id)
    {
        PrivateFiles.CreateFolder(directory);
        if (OperatingSystem.IsWindows())
        {
            return PrivateFiles.OpenOrCreate(PathOf(id + LiveExtension), FileShare.None);
        }

        for (var attempt = 1; ; attempt++)
        {
            // Making a file and locking it are two steps here: it gets its name only once it is locked, lest it look abandoned.
            var temp = TempPath(id);
            var live = PrivateFiles.CreateNew(temp);
            try
            {
                File.Move(temp, PathOf(id + LiveExtension), overwrite: true);
                return live;
            }
            catch (Exception error)
            {
                live.Dispose();
                PrivateFiles.TryDelete(temp);
                if (error is not FileNotFoundException || attempt == 5)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Whether the lock of a process is still where others look for it.</summary>
    /// <param name="id">The process's id here.</param>
    public bool HasLive(string id) => Exists(id + LiveExtension);

    /// <summary>Lets go of <see cref="LockLive"/>.</summary>
    /// <param name="id">The process's id here.</param>
    /// <param name="live">The lock.</param>
    public void ReleaseLive(string id, FileStream live)
    {
        live.Dispose();
        PrivateFiles.TryDelete(PathOf(id + LiveExtension));
    }

    /// <summary>Writes a file at one stroke, replacing what was there.</summary>
    /// <param name="id">Who writes.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="file">Its content.</param>
    /// <param name="flush">Whether to wait until the disk has it.</param>
    /// <exception cref="IOException">It cannot be written; what was there still is.</exception>
    public void Write(string id, string name, CounterFile file, bool flush = false)
    {
        PrivateFiles.CreateFolder(directory);
        var temp = TempPath(id);
        try
        {
            using (var stream = PrivateFiles.CreateNew(temp))
            {
                stream.Write(CounterFileCodec.Encode(file));
                stream.Flush(flush);
            }

            File.Move(temp, PathOf(name), overwrite: true);
        }
        catch
        {
            PrivateFiles.TryDelete(temp);
            throw;
        }
    }

    /// <summary>The processes' files there are.</summary>
    public IReadOnlyList<string> ProcessFiles() =>
        [.. List(Extension).Where(n => !n.StartsWith(DayPrefix, StringComparison.Ordinal) && TryParse(n, out _, out _)).Order(StringComparer.Ordinal)];

    /// <summary>Every hour's counts from a day on, over all processes that were ever counted.</summary>
    /// <param name="first">The first day.</param>
    public SortedDictionary<DateTime, CounterSet> Read(DateOnly first) => Read(first, withBefore: false);

    /// <summary>All counts there ever were, also those of days that are no longer kept.</summary>
    public CounterSet ReadAll()
    {
        var total = new CounterSet();
        foreach (var hour in Read(Before, withBefore: true).Values)
        {
            total.Add(hour);
        }

        return total;
    }

    private SortedDictionary<DateTime, CounterSet> Read(DateOnly first, bool withBefore)
    {
        var processes = new List<(string Name, CounterFile File)>();
        foreach (var name in ProcessFiles())
        {
            if (TryParse(name, out _, out var day) && day >= first && TryRead(name, day, out var file) == CounterFileState.Whole)
            {
                processes.Add((name, file!));
            }
        }

        var folded = new HashSet<string>(StringComparer.Ordinal);
        var hours = new SortedDictionary<DateTime, CounterSet>();
        var days = new List<(string Name, CounterFile File)>();
        foreach (var (day, name) in DayFiles())
        {
            if (day >= first && TryRead(name, day, out var file) == CounterFileState.Whole)
            {
                folded.UnionWith(file!.Folded);
                days.Add((name, file));
            }
        }

        // Last, so that a day that is added to it meanwhile is found in it and counts once.
        var before = withBefore && TryRead(NameOf(Before), Before, out var sum) == CounterFileState.Whole ? sum : null;
        foreach (var (name, file) in days)
        {
            if (before?.Folded.Contains(name) != true)
            {
                Add(hours, file);
            }
        }

        if (before is not null)
        {
            Add(hours, before);
        }

        foreach (var (name, file) in processes)
        {
            if (!folded.Contains(name))
            {
                Add(hours, file);
            }
        }

        return hours;
    }

    /// <summary>Folds the files of dead processes, and completed ones, into their days; does nothing while another process does.</summary>
    /// <param name="id">Who folds.</param>
    /// <exception cref="IOException">Something cannot be written; nothing is lost.</exception>
    public void Fold(string id)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        FileStream turn;
        try
        {
            turn = PrivateFiles.OpenOrCreate(PathOf("fold.lock"), FileShare.None);
        }
        catch (IOException error) when (PrivateFiles.IsLocked(error))
        {
            return;
        }

        using (turn)
        {
            // In this order: the process that wrote a listed file counts as living until it has ended.
            var temps = List(TempExtension);
            var files = ProcessFiles();
            var living = Living(id);
            foreach (var day in files.GroupBy(n => TryParse(n, out _, out var d) ? d : default))
            {
                FoldDay(id, day.Key, [.. day], living);
            }

            FoldBefore(id, [.. DayFiles().SkipLast(MaxDays)]);
            Sweep(temps, living);
        }
    }

    private static void Add(SortedDictionary<DateTime, CounterSet> hours, CounterFile file)
    {
        foreach (var (hour, counts) in file.Hours)
        {
            var start = file.Day.ToDateTime(new TimeOnly(hour, 0), DateTimeKind.Utc);
            if (!hours.TryGetValue(start, out var sum))
            {
                hours.Add(start, sum = new CounterSet());
            }

            sum.Add(counts);
        }
    }

    private static bool TryParse(string name, out string id, out DateOnly day)
    {
        var parts = name[..^Extension.Length].Split('-');
        id = parts[0];
        day = default;
        return parts.Length == 3
            && DateOnly.TryParseExact(parts[1], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }

    private static string NameOf(DateOnly day) => DayPrefix + day.ToString(DayFormat, CultureInfo.InvariantCulture) + Extension;

    private string TempPath(string id) => PathOf(string.Create(CultureInfo.InvariantCulture, $"{id}-{Guid.NewGuid():N}{TempExtension}"));

    private string PathOf(string name) => Path.Join(directory, name);

    private IEnumerable<string> List(string extension)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory, "*" + extension).Select(p => Path.GetFileName(p)!)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private IReadOnlyList<(DateOnly Day, string Name)> DayFiles()
    {
        var files = new List<(DateOnly Day, string Name)>();
        foreach (var name in List(Extension))
        {
            if (name.StartsWith(DayPrefix, StringComparison.Ordinal)
                && DateOnly.TryParseExact(
                    name[DayPrefix.Length..^Extension.Length], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                && day != Before)
            {
                files.Add((day, name));
            }
        }

        files.Sort();
        return files;
    }

    private CounterFileState TryRead(string name, DateOnly day, out CounterFile? file)
    {
        file = null;
        var path = PathOf(name);
        CounterFileState state;
        try
        {
            if (PrivateFiles.IsLink(path))
            {
                state = CounterFileState.Damaged;
            }
            else
            {
                using var handle = PrivateFiles.OpenRead(path);
                var bytes = new byte[Math.Min(RandomAccess.GetLength(handle), CounterFileCodec.MaxBytes + 1)];
                var length = PrivateFiles.ReadAll(handle, bytes);
                state = CounterFileCodec.TryDecode(bytes.AsSpan(0, length), out file);
                if (file is not null && file.Day != day)
                {
                    file = null;
                    state = CounterFileState.Damaged;
                }
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return CounterFileState.Missing;
        }
        catch (Exception error) when (PrivateFiles.IsIoFailure(error))
        {
            return CounterFileState.Unreadable;
        }

        if (state == CounterFileState.Damaged)
        {
            lock (_gate)
            {
                _damaged.Add(name);
            }
        }

        return state;
    }

    private void FoldDay(string id, DateOnly day, IReadOnlyList<string> names, HashSet<string> living)
    {
        var dayName = NameOf(day);
        if (TryRead(dayName, day, out var sum) is CounterFileState.Newer or CounterFileState.Unreadable)
        {
            return;
        }

        sum ??= new CounterFile(day);
        var done = new List<string>();
        var isChanged = false;
        foreach (var name in names)
        {
            _ = TryParse(name, out var owner, out _);
            if (sum.Folded.Contains(name))
            {
                done.Add(name);
                continue;
            }

            var read = TryRead(name, day, out var file);
            var isComplete = read == CounterFileState.Whole && file!.IsClosed;
            if (isComplete || (!living.Contains(owner) && read is CounterFileState.Whole or CounterFileState.Damaged))
            {
                done.Add(name);
                if (file is not null)
                {
                    sum.Add(file);
                    sum.Folded.Add(name);
                    isChanged = true;
                }
            }
        }

        if (isChanged)
        {
            ForgetOldest(sum.Folded);
            Write(id, dayName, sum, flush: true);
        }

        done.ForEach(n => PrivateFiles.TryDelete(PathOf(n)));
    }

    /// <summary>Adds days to what came before them, in one replacement that names them, then deletes them.</summary>
    private void FoldBefore(string id, IReadOnlyList<(DateOnly Day, string Name)> days)
    {
        if (days.Count == 0 || TryRead(NameOf(Before), Before, out var sum) is CounterFileState.Newer or CounterFileState.Unreadable)
        {
            return;
        }

        // A day that is gone from the folder is in nobody's reading any more.
        sum ??= new CounterFile(Before);
        sum.Folded.RemoveAll(name => !Exists(name));
        var done = new List<string>();
        foreach (var (day, name) in days)
        {
            if (!sum.Folded.Contains(name))
            {
                var read = TryRead(name, day, out var file);
                if (read is not (CounterFileState.Whole or CounterFileState.Damaged))
                {
                    continue;
                }

                foreach (var counts in file?.Hours.Values ?? (IEnumerable<CounterSet>)[])
                {
                    sum.Add(0, counts);
                }

                sum.Folded.Add(name);
            }

            done.Add(name);
        }

        Write(id, NameOf(Before), sum, flush: true);
        done.ForEach(n => PrivateFiles.TryDelete(PathOf(n)));
    }

    private void ForgetOldest(List<string> folded)
    {
        for (var i = 0; i < folded.Count - FoldedKept;)
        {
            if (Exists(folded[i]))
            {
                i++;
            }
            else
            {
                folded.RemoveAt(i);
            }
        }
    }

    /// <summary>The ids of the processes that run. The locks of the others are removed.</summary>
    private HashSet<string> Living(string id)
    {
        var living = new HashSet<string>(StringComparer.Ordinal) { id };
        foreach (var name in List(LiveExtension))
        {
            var owner = name[..^LiveExtension.Length];
            if (owner == id)
            {
                continue;
            }

            try
            {
                using var live = new FileStream(
                    PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                    OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
                if (!OperatingSystem.IsWindows())
                {
                    PrivateFiles.TryDelete(PathOf(name));
                }
            }
            catch (FileNotFoundException)
            {
                // It ended just now.
            }
            catch (Exception error) when (PrivateFiles.IsIoFailure(error))
            {
                living.Add(owner);
            }
        }

        return living;
    }

    private void Sweep(IEnumerable<string> temps, HashSet<string> living)
    {
        foreach (var name in temps)
        {
            if (!living.Contains(name.Split('-')[0]))
            {
                PrivateFiles.TryDelete(PathOf(name));
            }
        }
    }
}
