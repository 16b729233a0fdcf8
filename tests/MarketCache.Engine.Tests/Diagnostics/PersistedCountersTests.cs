using MarketCache.Engine.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace MarketCache.Engine.Tests.Diagnostics;

public sealed class PersistedCountersTests : IDisposable
{
    private static readonly DateTime Noon = new(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "marketcache-tests", Guid.NewGuid().ToString("N"), "stats");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(Noon));

    public void Dispose()
    {
        var parent = Path.GetDirectoryName(_directory)!;
        if (Directory.Exists(parent))
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    [Fact]
    public void Counts_survive_the_process()
    {
        using (var session = new Session(this))
        {
            session.Hit(3);
            session.Metrics.RecordProviderCall("Yahoo", "OHLCV", TimeSpan.FromMilliseconds(200), 1, 1000, false, 0.5m);
            session.Metrics.RecordAvoided("Yahoo", 0.5m);
            session.Metrics.ObserveTiers(() => [new CacheTierStatistics { Tier = "Memory", Hits = 3, Evictions = 2, Bytes = 99 }]);
        }

        var statistics = Read();
        Assert.Equal(3, statistics.Hits);
        Assert.Equal(3, statistics.Cached.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(1), statistics.Cached.Mean);
        Assert.Equal(1, statistics.ProviderCalls);
        Assert.Equal(0.5m, statistics.CostAvoided);
        Assert.Equal(TimeSpan.FromMilliseconds(200), statistics.TimeSaved);
        Assert.Equal(Noon, statistics.Since);
        var tier = Assert.Single(statistics.Tiers);
        Assert.Equal(("Memory", 3L, 2L, 0L), (tier.Tier, tier.Hits, tier.Evictions, tier.Bytes));
    }

    [Fact]
    public void Nothing_is_written_before_something_is_counted()
    {
        using (var session = new Session(this))
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal(0, session.Counters.Statistics(Noon).Requests);
        }

        Assert.False(Directory.Exists(_directory));
    }

    [Fact]
    public void A_crash_loses_at_most_the_last_ten_seconds()
    {
        var session = new Session(this);
        session.Hit(5);
        _time.Advance(TimeSpan.FromSeconds(10));
        session.Hit(2);
        _time.Advance(TimeSpan.FromSeconds(9));
        session.Counters.Crash();

        Assert.Equal(5, Read().Hits);
    }

    [Fact]
    public void An_idle_process_writes_nothing_more()
    {
        using var session = new Session(this);
        session.Hit(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        var file = Directory.GetFiles(_directory, "*.counts").Single();
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(2001, File.GetLastWriteTimeUtc(file).Year);
    }

    [Fact]
    public void Running_processes_are_counted_with_those_that_ended()
    {
        using var first = new Session(this);
        using var second = new Session(this);
        new Session(this).HitAndDispose(1);
        first.Hit(10);
        second.Hit(100);
        first.Counters.Flush();
        second.Counters.Flush();

        Assert.Equal(111, Read().Hits);
        Assert.Equal(111, first.Counters.Statistics(Noon).Hits);
    }

    [Fact]
    public void Folding_keeps_the_sum_and_leaves_one_file_per_day()
    {
        for (var i = 0; i < 5; i++)
        {
            new Session(this).HitAndDispose(1);
        }

        using var living = new Session(this);
        living.Hit(10);
        living.Counters.Flush();
        using (var reader = PersistedCounters.Open(_directory, _time))
        {
            reader.Fold();
        }

        Assert.Equal(15, Read().Hits);
        Assert.Equal(
            ["day-20240304.counts"],
            Directory.GetFiles(_directory, "day-*").Select(Path.GetFileName));
        Assert.Equal(2, Directory.GetFiles(_directory, "*.counts").Length);
        Assert.Single(Directory.GetFiles(_directory, "*.live"));
        living.Hit(1);
        Assert.Equal(16, living.Counters.Statistics(Noon).Hits);
    }

    [Fact]
    public void A_file_that_was_folded_but_not_yet_deleted_counts_once()
    {
        new Session(this).HitAndDispose(7);
        var file = Directory.GetFiles(_directory, "*.counts").Single();
        var copy = File.ReadAllBytes(file);
        using var reader = PersistedCounters.Open(_directory, _time);
        reader.Fold();
        Assert.False(File.Exists(file));
        File.WriteAllBytes(file, copy); // As if the folding process had died between the two steps.

        Assert.Equal(7, Read().Hits);
        reader.Fold();
        Assert.False(File.Exists(file));
        Assert.Equal(7, Read().Hits);
    }

    [Fact]
    public void Many_short_processes_leave_few_files()
    {
        for (var i = 0; i < 60; i++)
        {
            new Session(this).HitAndDispose(1);
        }

        Assert.Equal(60, Read().Hits);
        Assert.InRange(Directory.GetFiles(_directory).Length, 1, 20);
    }

    [Fact]
    public void Since_takes_whole_hours_and_crosses_days()
    {
        using var session = new Session(this);
        session.Hit(1);
        session.Counters.Flush();
        Jump(TimeSpan.FromHours(11) + TimeSpan.FromMinutes(30)); // 23:30
        session.Hit(10);
        session.Counters.Flush();
        Jump(TimeSpan.FromHours(2)); // 01:30 of the next day
        session.Hit(100);

        Assert.Equal(111, session.Counters.Statistics(Noon).Hits);
        Assert.Equal(110, session.Counters.Statistics(Noon.AddHours(1)).Hits);
        Assert.Equal(110, session.Counters.Statistics(Noon.AddHours(11.9)).Hits);
        Assert.Equal(100, session.Counters.Statistics(Noon.AddHours(12)).Hits);
        Assert.Equal(0, session.Counters.Statistics(Noon.AddHours(14)).Hits);
        Assert.Equal(111, session.Counters.Statistics(DateTime.MinValue).Hits);
    }

    [Fact]
    public void A_running_process_lets_its_finished_days_be_folded()
    {
        using var session = new Session(this);
        session.Hit(1);
        session.Counters.Flush();
        Jump(TimeSpan.FromDays(1));
        session.Hit(10);
        session.Counters.Flush();
        using var other = PersistedCounters.Open(_directory, _time);
        other.Fold();

        Assert.Single(Directory.GetFiles(_directory, "day-*"));
        Assert.Equal(11, Read().Hits);
        session.Hit(100);
        Assert.Equal(111, session.Counters.Statistics(DateTime.MinValue).Hits);
    }

    [Fact]
    public void The_series_has_an_entry_per_hour_or_day_with_latency_by_tier()
    {
        using var session = new Session(this);
        session.Hit(1);
        session.Counters.Flush();
        Jump(TimeSpan.FromHours(1));
        session.Hit(2);
        session.Metrics.RecordRequest(new RequestOutcome
        {
            DataType = "OHLCV",
            Result = RequestResult.Miss,
            Source = AnswerSource.Provider,
            Elapsed = TimeSpan.FromSeconds(1),
        });
        session.Counters.Flush();
        Jump(TimeSpan.FromDays(2));
        session.Hit(4);

        var hours = session.Counters.Series(DateTime.MinValue, byDay: false);
        Assert.Equal([Noon, Noon.AddHours(1), Noon.AddHours(49)], hours.Select(h => h.Start));
        Assert.Equal([1L, 2, 4], hours.Select(h => h.Statistics.Hits));
        Assert.Equal([0L, 1, 0], hours.Select(h => h.Statistics.Misses));
        Assert.Equal(TimeSpan.FromSeconds(1), hours[1].Latency[AnswerSource.Provider].Mean);
        Assert.Equal(2, hours[1].Latency[AnswerSource.Memory].Count);
        Assert.False(hours[0].Latency.ContainsKey(AnswerSource.Provider));

        var days = session.Counters.Series(Noon.AddHours(1), byDay: true);
        Assert.Equal([Noon.Date, Noon.Date.AddDays(2)], days.Select(d => d.Start));
        Assert.Equal([3L, 4], days.Select(d => d.Statistics.Hits));
    }

    [Fact]
    public void Damaged_and_foreign_files_are_left_out_and_counted()
    {
        new Session(this).HitAndDispose(1);
        new Session(this).HitAndDispose(2);
        var file = Directory.GetFiles(_directory, "*.counts")[0];
        var kept = 3 - int.Parse(File.ReadAllLines(file).Single(l => l.StartsWith("requests.OHLCV.hit ", StringComparison.Ordinal))[19..]);
        var bytes = File.ReadAllBytes(file);
        bytes[30] ^= 4;
        File.WriteAllBytes(file, bytes);
        File.WriteAllText(Path.Combine(_directory, "notes.counts"), "hello");
        File.WriteAllText(Path.Combine(_directory, "usage"), "of somebody else");
        File.WriteAllBytes(Path.Combine(_directory, "day-20240303.counts"), []);

        using var reader = PersistedCounters.Open(_directory, _time);
        Assert.Equal(kept, reader.Statistics(DateTime.MinValue).Hits);
        Assert.Equal(2, reader.DamagedFiles);
        reader.Fold();
        Assert.Equal(kept, reader.Statistics(DateTime.MinValue).Hits);
        Assert.True(File.Exists(Path.Combine(_directory, "usage")));
        Assert.True(File.Exists(Path.Combine(_directory, "notes.counts")));
    }

    [Fact]
    public void A_day_of_a_later_version_is_left_alone()
    {
        new Session(this).HitAndDispose(1);
        var day = Path.Combine(_directory, "day-20240304.counts");
        var bytes = CounterFileCodecTests.Signed("marketcache-counters 2\n?\n");
        File.WriteAllBytes(day, bytes);
        using var reader = PersistedCounters.Open(_directory, _time);
        reader.Fold();

        Assert.Equal(bytes, File.ReadAllBytes(day));
        Assert.Equal(1, reader.Statistics(Noon).Hits);
    }

    [Fact]
    public void A_folder_deleted_underfoot_loses_what_was_in_it_and_nothing_after()
    {
        using var session = new Session(this);
        session.Hit(1);
        session.Counters.Flush();
        Directory.Delete(_directory, recursive: true);
        session.Hit(10);

        Assert.True(session.Counters.Flush());
        Assert.Equal(10, Read().Hits);
        session.Hit(100);
        Assert.Equal(110, session.Counters.Statistics(Noon).Hits);
    }

    [Fact]
    public void Counts_wait_in_memory_while_the_folder_cannot_be_written()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory)!);
        File.WriteAllText(_directory, "a file where the folder should be");
        using var session = new Session(this);
        session.Hit(1);

        Assert.False(session.Counters.Flush());
        Assert.True(session.Counters.Faults > 0);
        Assert.Equal(1, session.Counters.Statistics(Noon).Hits);
        File.Delete(_directory);
        session.Hit(1);
        Assert.True(session.Counters.Flush());
        Assert.Equal(2, Read().Hits);
    }

    [Fact]
    public void A_tier_that_is_absent_for_a_while_is_not_counted_twice()
    {
        using var session = new Session(this);
        IReadOnlyList<CacheTierStatistics> tiers = [new CacheTierStatistics { Tier = "Disk", Hits = 5 }];
        session.Metrics.ObserveTiers(() => tiers);
        session.Counters.Flush();
        var present = tiers;
        tiers = [];
        session.Hit(1);
        session.Counters.Flush();
        tiers = present;

        Assert.Equal(5, Assert.Single(session.Counters.Statistics(Noon).Tiers).Hits);
    }

    [Fact]
    public void The_clock_set_back_neither_loses_nor_doubles()
    {
        var dayAhead = new FakeTimeProvider(new DateTimeOffset(Noon.AddDays(1))) { AutoAdvanceAmount = TimeSpan.Zero };
        using var metrics = new CacheMetrics(dayAhead);
        using (var counters = PersistedCounters.Open(_directory, new SteppingClock(Noon, Noon.AddDays(1), Noon, Noon.AddDays(1)), metrics))
        {
            for (var i = 0; i < 4; i++)
            {
                metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit });
                counters.Flush();
            }
        }

        Assert.Equal(4, Read(DateTime.MinValue).Hits);
        using var reader = PersistedCounters.Open(_directory, _time);
        reader.Fold();
        Assert.Equal(4, Read(DateTime.MinValue).Hits);
    }

    [Fact]
    public void Many_processes_at_once_neither_lose_nor_double()
    {
        const int Writers = 6;
        const int Lives = 12;
        const int HitsPerLife = 10;
        var written = 0L;
        var isOver = false;
        var wrong = new List<string>();
        var reader = new Thread(() =>
        {
            using var counters = PersistedCounters.Open(_directory, TimeProvider.System);
            while (!Volatile.Read(ref isOver))
            {
                var atLeast = Interlocked.Read(ref written);
                var seen = counters.Statistics(DateTime.MinValue).Hits;
                if (seen < atLeast || seen > Writers * Lives * HitsPerLife)
                {
                    wrong.Add($"{seen} seen, {atLeast} written");
                }

                counters.Fold();
            }
        });
        var writers = Enumerable.Range(0, Writers).Select(writer => new Thread(() =>
        {
            for (var life = 0; life < Lives; life++)
            {
                var session = new Session(this, TimeProvider.System);
                for (var i = 0; i < HitsPerLife; i++)
                {
                    session.Hit(1);
                    if (session.Counters.Flush())
                    {
                        Interlocked.Increment(ref written);
                    }
                    else
                    {
                        lock (wrong)
                        {
                            wrong.Add("A flush failed.");
                        }
                    }
                }

                if ((writer + life) % 2 == 0)
                {
                    session.Counters.Crash();
                }
                else
                {
                    session.Dispose();
                }
            }
        })).ToArray();
        reader.Start();
        Array.ForEach(writers, w => w.Start());
        Array.ForEach(writers, w => w.Join());
        Volatile.Write(ref isOver, true);
        reader.Join();

        Assert.Empty(wrong);
        Assert.Equal(Writers * Lives * HitsPerLife, Read(DateTime.MinValue).Hits);
        using var last = PersistedCounters.Open(_directory, TimeProvider.System);
        last.Fold();
        Assert.Equal(Writers * Lives * HitsPerLife, last.Statistics(DateTime.MinValue).Hits);
        Assert.Equal(0, last.DamagedFiles);
        Assert.Empty(Directory.GetFiles(_directory, "*.live").Concat(Directory.GetFiles(_directory, "*.tmp")));
    }

    /// <summary>Sets the clock on without the thousands of timer ticks in between.</summary>
    private void Jump(TimeSpan by) => _time.AdjustTime(_time.GetUtcNow() + by);

    private MarketCacheStatistics Read(DateTime? since = null)
    {
        using var reader = PersistedCounters.Open(_directory, _time);
        return reader.Statistics(since ?? Noon);
    }

    /// <summary>Tells the given times one after another, the last for ever.</summary>
    private sealed class SteppingClock(params DateTime[] times) : TimeProvider
    {
        private int _step;

        public override DateTimeOffset GetUtcNow() => times[Math.Min(_step++, times.Length - 1)];
    }

    [Fact]
    public void Of_days_no_longer_kept_the_sum_remains_so_that_totals_never_fall()
    {
        var folder = new CounterFolder(_directory);
        var day = new DateOnly(2022, 1, 1);
        for (var i = 0; i < CounterFolder.MaxDays + 5; i++)
        {
            var file = new CounterFile(day.AddDays(i)) { IsClosed = true };
            var counts = new CounterSet();
            counts.Add("stale", 1);
            file.Add(i % 24, counts);
            folder.Write("aa", CounterFolder.NameOf("aa", file.Day, 0), file);
        }

        Assert.Equal(CounterFolder.MaxDays + 5, folder.ReadAll()["stale"]);
        for (var pass = 0; pass < 2; pass++)
        {
            folder.Fold("bb");
            Assert.Equal(CounterFolder.MaxDays + 5, folder.ReadAll()["stale"]);
            Assert.Equal(CounterFolder.MaxDays, folder.Read(DateOnly.MinValue).Values.Sum(h => h["stale"]));
        }
    }

    [Fact]
    public void A_day_that_was_added_to_the_sum_and_not_deleted_counts_once()
    {
        var folder = new CounterFolder(_directory);
        var day = new CounterFile(new DateOnly(2022, 1, 1));
        var counts = new CounterSet();
        counts.Add("stale", 7);
        day.Add(3, counts);
        var before = new CounterFile(DateOnly.MinValue);
        before.Add(0, counts);
        before.Folded.Add("day-20220101.counts");
        folder.Write("aa", "day-20220101.counts", day);
        folder.Write("aa", "day-00010101.counts", before);

        Assert.Equal(7, folder.ReadAll()["stale"]);
    }

    private sealed class Session : IDisposable
    {
        public Session(PersistedCountersTests test, TimeProvider? time = null)
        {
            Metrics = new CacheMetrics(time ?? test._time);
            Counters = PersistedCounters.Open(test._directory, time ?? test._time, Metrics);
        }

        public CacheMetrics Metrics { get; }

        public PersistedCounters Counters { get; }

        public void Hit(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Metrics.RecordRequest(new RequestOutcome { DataType = "OHLCV", Result = RequestResult.Hit, Elapsed = TimeSpan.FromMilliseconds(1) });
            }
        }

        public void HitAndDispose(int times)
        {
            Hit(times);
            Dispose();
        }

        public void Dispose()
        {
            Counters.Dispose();
            Metrics.Dispose();
        }
    }
}
