using MarketCache.Engine.Files;
using MarketCache.Engine.Storage;

namespace MarketCache.Engine.Tests.Storage;

public sealed class DiskBoundTests : IDisposable
{
    private const long Limit = 3 << 20;
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_least_recently_used_series_goes_first_whichever_instance_used_it()
    {
        CacheStore one = _folder.Open(Limit);
        CacheStore two = _folder.Open(Limit);
        int written = 0;
        while (two.Usage.AllocatedBytes < Limit - (400 << 10))
        {
            Put(written++ % 2 == 0 ? one : two, written - 1);
        }

        // The oldest half is used again, by the other instance than wrote it, in descending order.
        for (int i = written / 2; i >= 0; i--)
        {
            _folder.Time.Advance(TimeSpan.FromMinutes(2));
            (i % 2 == 0 ? two : one).Touch(Key(i));
        }

        // First the others in the order they were written, then those in the order they were used.
        int[] order = [.. Enumerable.Range((written / 2) + 1, written - (written / 2) - 1), .. Enumerable.Range(0, (written / 2) + 1).Reverse()];
        HashSet<int> gone = [];
        for (int next = written; gone.Count < (written / 2) + 5; next++)
        {
            Put(next % 2 == 0 ? one : two, next);
            gone = [.. order.Where(i => !one.TryReadManifest(Key(i), out _))];
            Assert.Equal(order.Take(gone.Count).Order(), gone.Order());
        }
    }

    [Fact]
    public void Many_writers_never_exceed_the_limit_at_any_moment_looked_at()
    {
        CacheStore[] stores = [_folder.Open(Limit), _folder.Open(Limit), _folder.Open(Limit)];
        long most = 0;
        int done = 0;
        Thread sampler = new(() =>
        {
            while (Volatile.Read(ref done) < 6)
            {
                most = Math.Max(most, Allocated());
                Thread.Sleep(1);
            }
        });
        sampler.Start();
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, worker =>
        {
            try
            {
                Random random = new(worker);
                for (int i = 0; i < 40; i++)
                {
                    int series = random.Next(200);
                    try
                    {
                        WriteAtOnce(stores[worker % 3], $"s{series}", [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next())], random.Next(1, 20_000));
                    }
                    catch (CacheStoreException error) when (error.Fault == CacheStoreFault.Busy)
                    {
                        // Left out under load, as promised.
                    }
                }
            }
            finally
            {
                Interlocked.Increment(ref done);
            }
        });
        sampler.Join();
        Assert.InRange(most, 1, Limit);
        Assert.InRange(Allocated(), 1, stores[0].Usage.AllocatedBytes);
        Assert.True(stores[0].Verify(repair: false).IsHealthy);
    }

    [Fact]
    public void A_full_store_admits_what_is_written_next_and_reads_it_at_once()
    {
        CacheStore store = _folder.Open(1 << 20);
        for (int i = 0; i < 200; i++)
        {
            Put(store, i);
            Assert.True(store.TryReadManifest(Key(i), out SeriesManifest? manifest));
            Assert.All(manifest.Blocks, block => Assert.True(store.TryReadObject(block.Hash, new byte[block.StoredBytes])));
            Assert.InRange(Allocated(), 1, 1 << 20);
        }

        Assert.InRange(store.Usage.Series, 5, 100);
    }

    [Fact]
    public void What_cannot_fit_is_refused_before_anything_is_evicted_for_it()
    {
        CacheStore store = _folder.Open(Limit);
        Put(store, 1);
        CacheStoreException error = Assert.Throws<CacheStoreException>(() => WriteAtOnce(store, "huge", [1, 2, 3], 2 << 20));
        Assert.Equal(CacheStoreFault.NoRoom, error.Fault);
        Assert.True(store.TryReadManifest(Key(1), out _));
        Assert.Single(_folder.Files("objects"));
    }

    [Fact]
    public void A_limit_that_was_lowered_is_reached_by_trimming_and_kept_by_the_next_write()
    {
        CacheStore large = _folder.Open(Limit);
        for (int i = 0; i < 120; i++)
        {
            Put(large, i);
        }

        Assert.True(Allocated() > 1 << 20);
        CacheStore small = _folder.Open(1 << 20);
        MaintenanceReport report = small.Trim();
        Assert.True(report.SeriesRemoved > 0);
        Assert.InRange(Allocated(), 1, 1 << 20);
        Assert.True(small.TryReadManifest(Key(119), out _));
        Assert.False(small.TryReadManifest(Key(0), out _));
        Put(small, 500);
        Assert.InRange(Allocated(), 1, 1 << 20);
    }

    [Fact]
    public void Series_used_while_the_clock_was_ahead_do_not_stay_for_ever()
    {
        CacheStore store = _folder.Open(1 << 20);
        Put(store, 0);
        File.SetLastWriteTimeUtc(_folder.Files("series").Single(), new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        for (int i = 1; i < 400; i++)
        {
            Put(store, i);
        }

        Assert.False(store.TryReadManifest(Key(0), out _));
    }

    [Fact]
    public void Objects_of_writers_that_died_make_room_when_nothing_else_is_left()
    {
        CacheStore store = _folder.Open(1 << 20);
        for (int i = 0; store.Usage.AllocatedBytes < (1 << 20) - (200 << 10); i++)
        {
            store.WriteObject(StoreFolder.Content(i, 30_000));
        }

        _folder.Time.Advance(TimeSpan.FromMinutes(5));
        WriteAtOnce(store, "a", [1, 2, 3, 4, 5, 6], 60_000);
        Assert.True(store.TryReadManifest("a", out _));
        Assert.InRange(Allocated(), 1, 1 << 20);
    }

    private static string Key(int i) => $"series-{i}";

    private void Put(CacheStore store, int i)
    {
        _folder.Time.Advance(TimeSpan.FromMinutes(2));
        StoreFolder.Put(store, Key(i), 1, i);
    }

    private static void WriteAtOnce(CacheStore store, string key, int[] seeds, int length)
    {
        ReadOnlyMemory<byte>[] objects = [.. seeds.Select(seed => (ReadOnlyMemory<byte>)StoreFolder.Content(seed, length))];
        store.WriteSeries(
            new SeriesManifest
            {
                Key = key,
                Blocks = [.. objects.Select((bytes, i) => new BlockEntry(i * 10, (i * 10) + 9, 10, Hash128.Of(bytes.Span), length, length))],
            },
            objects);
    }

    /// <summary>What the folder allocates: every file and folder in whole clusters.</summary>
    private long Allocated()
    {
        long sum = 4096;
        foreach (FileSystemInfo entry in Entries())
        {
            try
            {
                sum += entry is FileInfo file ? (file.Length + 4095) & ~4095L : 4096;
            }
            catch (FileNotFoundException)
            {
                // Gone since it was listed.
            }
        }

        return sum;
    }

    private List<FileSystemInfo> Entries()
    {
        List<FileSystemInfo> entries = [];
        Stack<DirectoryInfo> folders = new([new DirectoryInfo(_folder.Folder)]);
        while (folders.TryPop(out DirectoryInfo? folder))
        {
            try
            {
                foreach (FileSystemInfo entry in folder.GetFileSystemInfos())
                {
                    entries.Add(entry);
                    if (entry is DirectoryInfo below)
                    {
                        folders.Push(below);
                    }
                }
            }
            catch (DirectoryNotFoundException)
            {
                // Not made yet, or gone since it was listed.
            }
        }

        return entries;
    }
}
