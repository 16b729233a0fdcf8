using System.Globalization;
using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Faults.Scenarios;

/// <summary>
/// The power fails: of the files written lately, and not followed to the medium by upkeep, some are empty, cut, full of zeros or gone. A feed is
/// then read as one of its states, and none that is older than what upkeep had time for; only the rows of objects written lately may be missing.
/// </summary>
internal sealed class PowerLoss : Scenario
{
    private const int Keys = 6;

    /// <summary>Operating systems write back what is older.</summary>
    private static readonly TimeSpan WrittenBack = TimeSpan.FromSeconds(29);

    /// <summary>What may be lost: upkeep comes once a minute, and waits until a change is half a minute old.</summary>
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(130);

    public override string Name => "power-loss";

    public override string Promise => "a power failure loses the last changes, not the feed";

    public override void Run(ScenarioContext context)
    {
        for (int round = 0; round == 0 || context.GoesOn; round++)
        {
            string folder = Path.Combine(context.Folder, $"cache{round}");
            ManualClock clock = new(new DateTimeOffset(2025, 6, 2, 12, 0, 0, TimeSpan.Zero));
            History history = new(context, folder, clock);
            using (FolderTier tier = new(new FolderTierOptions { Directory = folder }, clock))
            {
                for (int steps = context.Random.Next(20, 120); steps > 0; steps--)
                {
                    history.Step(tier);
                }
            }

            history.Fail();
            using (FolderTier tier = new(new FolderTierOptions { Directory = folder }, clock))
            {
                history.Check(tier);
            }

            Directory.Delete(folder, recursive: true);
            context.Count("power failures");
        }
    }

    /// <summary>What was done, and which bytes are known to be on the medium.</summary>
    private sealed class History(ScenarioContext context, string folder, ManualClock clock)
    {
        private readonly Dictionary<Hash128, DateTimeOffset> _written = [];
        private readonly List<(string Key, long Version, DateTimeOffset Time)> _changes = [];
        private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
        private DateTimeOffset _nextUpkeep = clock.GetUtcNow().AddMinutes(1);
        private long _version;

        public void Step(FolderTier tier)
        {
            Random random = context.Random;
            clock.Move(TimeSpan.FromSeconds(random.Next(3) switch { 0 => random.Next(2), 1 => random.Next(20), _ => random.Next(50) }));
            if (clock.GetUtcNow() >= _nextUpkeep)
            {
                _nextUpkeep = clock.GetUtcNow().AddMinutes(1);
                Settle(tier);
            }

            string key = string.Create(CultureInfo.InvariantCulture, $"p{random.Next(Keys)}");
            long version = random.Next(15) == 0 ? -1 : ++_version;
            if (version < 0)
            {
                Truth.Await(tier.RemoveAsync(key, clock.GetUtcNow().UtcTicks, default));
            }
            else
            {
                context.Check(Truth.Write(tier, key, version) == FeedWriteResult.Replaced, () => $"'{key}' was left out");
            }

            _changes.Add((key, version, clock.GetUtcNow()));
            foreach ((_, Hash128 content) in Files())
            {
                _written.TryAdd(content, clock.GetUtcNow());
            }
        }

        /// <summary>Leaves of what was written lately what a power failure may leave.</summary>
        public void Fail()
        {
            foreach ((string path, Hash128 content) in Files())
            {
                if (clock.GetUtcNow() - _written[content] > WrittenBack || context.Random.Next(3) == 0)
                {
                    continue;
                }

                long length = new FileInfo(path).Length;
                using (FileStream file = File.OpenWrite(path))
                {
                    switch (context.Random.Next(4))
                    {
                        case 0:
                            file.SetLength(0);
                            break;
                        case 1:
                            file.SetLength(context.Random.NextInt64(length));
                            break;
                        case 2:
                            file.Write(new byte[length]);
                            break;
                        default:
                            File.Delete(path);
                            break;
                    }
                }

                _damaged.Add(Path.GetFileName(path));
                context.Count("files damaged");
            }

            if (context.Random.Next(2) == 0)
            {
                File.WriteAllBytes(Path.Combine(folder, "stats", "ledger"), new byte[context.Random.Next(1000)]);
            }
        }

        public void Check(FolderTier tier)
        {
            for (int i = 0; i < Keys; i++)
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"p{i}");
                (string Key, long Version, DateTimeOffset Time)[] changes = [.. _changes.Where(change => change.Key == key)];
                (_, long durable, _) = changes.LastOrDefault(change => clock.GetUtcNow() - change.Time > Lost);
                bool mayBeGone = durable <= 0 || changes.Any(change => change.Version < 0 && clock.GetUtcNow() - change.Time <= Lost);
                if (Truth.Await(tier.ReadAsync(key, default)) is not { } read)
                {
                    context.Check(mayBeGone, () => $"'{key}' of version {durable} is gone");
                    continue;
                }

                (long version, string? wrong) = Truth.Check(tier, key);
                context.Check(wrong is null, () => wrong!);
                context.Check(mayBeGone || read.State.Version >= durable, () => $"'{key}' fell back to version {read.State.Version}; {durable} was stored long ago");
                context.Check(
                    version == read.State.Version || read.Objects.Any(item => _damaged.Contains(Path.GetFileName(Object(key, item)))),
                    () => $"an object of '{key}' that was on the medium is gone");
                context.Count(version >= 0 ? "feeds read" : "feeds read without some rows");
            }

            context.Check(Truth.Write(tier, "after", 1) == FeedWriteResult.Replaced, () => "a write after the power failure was left out");
            Truth.Await(tier.VerifyAsync(repair: true, null, default));
            VerificationReport report = Truth.Await(tier.VerifyAsync(repair: false, null, default));
            context.Check(report.IsHealthy, () => $"a mended folder is not whole: {string.Join("; ", report.Problems.Take(3))}");
        }

        /// <summary>What upkeep has followed to the medium is there: the file before a feed's file goes when that has come about.</summary>
        private void Settle(FolderTier tier)
        {
            string[] before = [.. Files().Select(static file => file.Path)];
            tier.SettleAsync(default).AsTask().GetAwaiter().GetResult();
            HashSet<string> gone = [.. before.Except(Files().Select(static file => file.Path)).Where(static path => path.EndsWith('~')).Select(static path => path[..^1])];
            foreach ((string path, Hash128 content) in Files())
            {
                if (gone.Any(feed => path.StartsWith(feed, StringComparison.Ordinal)))
                {
                    _written[content] = DateTimeOffset.MinValue;
                }
            }
        }

        private string Object(string key, StoredObject item) => new FolderLayout(folder).Object(Hash128.Of(key), item.Hash);

        private (string Path, Hash128 Content)[] Files()
        {
            string feeds = Path.Combine(folder, "feeds");
            return Directory.Exists(feeds)
                ? [.. Directory.GetFiles(feeds, "*", SearchOption.AllDirectories).Select(static path => (path, Hash128.Of(File.ReadAllBytes(path))))]
                : [];
        }
    }
}
