using System.Globalization;

namespace MarketCache.Engine.Tests.Reporting;

public sealed class StatisticsPageTests
{
    private static readonly MarketCacheStatistics Busy = new()
    {
        Since = new DateTime(2024, 3, 4, 12, 0, 0, DateTimeKind.Utc),
        AllSessions = true,
        Requests = 1_234_567,
        Hits = 1_234_000,
        PartialHits = 300,
        Misses = 260,
        Errors = 7,
        Rows = 99_999_999,
        RowsFromCache = 99_000_000,
        StaleAnswers = 3,
        ProviderCalls = 560,
        ProviderFailures = 12,
        CallsAvoided = 1_234_000,
        ProviderBytes = 45_000_000,
        Cost = 5.6m,
        CostAvoided = 12_340,
        TimeSaved = TimeSpan.FromHours(123),
        Cached = new ResponseTimes(1_234_000, TimeSpan.FromMicroseconds(42), TimeSpan.FromMicroseconds(120)),
        Uncached = new ResponseTimes(560, TimeSpan.FromMilliseconds(612), TimeSpan.FromMilliseconds(1200)),
        Tiers =
        [
            new CacheTierStatistics { Tier = "Memory", Hits = 1_000_000, Misses = 234_000, Entries = 1000, Bytes = 50L << 20, ByteLimit = 100L << 20, Evictions = 42 },
            new CacheTierStatistics { Tier = "Disk", Hits = 233_000, Misses = 1000, Entries = 12_345, Bytes = 900L << 20, ByteLimit = 1L << 30, Faults = 2, Problem = "the folder is read-only" },
            new CacheTierStatistics { Tier = "Shared", Enabled = false },
        ],
        Warnings = ["A damaged object was put aside."],
        CacheDirectory = "/var/cache/marketcache",
    };

    [Fact]
    public void The_page_is_aligned_names_units_and_tells_of_faults()
    {
        const string expected = """
            Market cache: all sessions since 2024-03-04 12:00 UTC

            Requests           1,234,567
              hits             1,234,000    99.9 % answered without a provider call
              partial                300     0.0 % some rows fetched
              misses                 260     0.0 % all rows fetched
              errors                   7     0.0 % not answered
            Rows              99,999,999    99.0 % from the cache
              stale answers            3   contained expired rows
            Provider calls           560   12 failed; 42.9 MiB received
              avoided          1,234,000   5 d 3 h of waiting saved
              cost                  5.60   12,340.00 avoided (currency of cost_per_call)

            Response time        Answers      Mean ms  95th pct ms
              cached           1,234,000        0.042        0.120
              from provider          560      612.000    1,200.000
              cached answers are 14,571 times as fast

            Tier         Hits   Misses    Ratio  Entries  MiB held MiB limit Evicted Faults
            Memory  1,000,000  234,000   81.0 %    1,000     50.00     100.0      42      0
            Disk      233,000    1,000   99.6 %   12,345    900.00   1,024.0       0      2
                     skipped: the folder is read-only
            Shared   switched off

            Folder  /var/cache/marketcache

            1 warning
              - A damaged object was put aside.
            """;

        Assert.Equal(expected.ReplaceLineEndings("\n"), Busy.ToString());
    }

    [Fact]
    public void The_page_fits_a_narrow_console() => Assert.All(Busy.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, 80));

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void The_page_is_the_same_in_every_culture(string culture)
    {
        var expected = Busy.ToString();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            Assert.Equal(expected, Busy.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Nothing_counted_yet_is_a_page_too() =>
        Assert.Contains("Requests                   0\n  hits                     0\n", new MarketCacheStatistics().ToString(), StringComparison.Ordinal);
}
