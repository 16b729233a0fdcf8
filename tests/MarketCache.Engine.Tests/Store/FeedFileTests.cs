using MarketCache.Engine.Files;
using MarketCache.Engine.Store;
using MarketCache.Engine.Tiers;

namespace MarketCache.Engine.Tests.Store;

public sealed class FeedFileTests
{
    private static readonly FeedWrite Sample = new(
        "Yahoo|OHLCV|Ä|Daily|",
        null,
        638_000_000_000_000_000,
        7,
        new byte[] { 1, 2, 3, 4, 5 },
        100,
        [new StoredObject(Hash128.Of("one"), 11, 20), new StoredObject(Hash128.Of("two"), 12, 30)],
        []);

    [Fact]
    public void A_file_tells_what_was_written()
    {
        byte[] file = FeedFile.Encode(Sample, 42);
        Assert.True(FeedFile.TryDecode(file, out FeedHeader header, out StoredFeed? feed));
        Assert.Equal(Sample.Key, feed.Key);
        Assert.Equal(Sample.Objects, feed.Objects);
        Assert.Equal(Sample.Body.ToArray(), feed.Body.ToArray());
        Assert.Equal(new FeedState(Sample.Stamp, 7, Hash128.Of(file.AsSpan(64))), feed.State);
        Assert.Equal((file.Length, 42u, 2, 150L), (header.Length, header.Written, header.Objects, header.RawBytes));
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        byte[] file = FeedFile.Encode(Sample, 42);
        for (int bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(FeedFile.TryDecode(file, out _, out _), $"bit {bit}");
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Every_truncation_and_extension_is_noticed()
    {
        byte[] file = FeedFile.Encode(Sample, 42);
        for (int length = 0; length < file.Length; length++)
        {
            Assert.False(FeedFile.TryDecode(file[..length], out _, out _));
            Assert.False(FeedFile.TryReadHeader(file.AsSpan(0, length), length, out _));
        }

        Assert.False(FeedFile.TryDecode([.. file, 0], out _, out _));
    }

    [Fact]
    public void What_is_too_large_is_refused()
    {
        Assert.Throws<ArgumentException>(() => FeedFile.Encode(Sample with { Body = new byte[FeedFile.MaxBytes] }, 1));
        Assert.Throws<ArgumentException>(() => FeedFile.Encode(Sample with { Objects = [new StoredObject(default, FeedFile.MaxObjectBytes + 1, 1)] }, 1));
        Assert.Throws<ArgumentException>(() => FeedFile.Encode(Sample with { Objects = [new StoredObject(default, 0, 1)] }, 1));
    }

    [Fact]
    public void The_ledger_tells_what_was_written_and_notices_every_flipped_byte()
    {
        LedgerPage page = LedgerPage.New(empty: false);
        page.NewestUse = 5;
        page.Evicted = 6;
        page.LastSweep = 7;
        page[3] = new ShardAccount { FileBytes = 4096, RawBytes = 9, Feeds = 1, Objects = 2, Entries = 3, HighWater = 100 };
        byte[] bytes = new byte[LedgerPage.Bytes];
        page.Write(bytes);
        Assert.InRange(bytes.Length, 1, 1024);
        LedgerPage? read = LedgerPage.TryRead(bytes);
        Assert.NotNull(read);
        Assert.Equal(page[3], read[3]);
        Assert.Equal((5, page.ClearsToken, 6, 7, ushort.MaxValue), (read.NewestUse, read.ClearsToken, read.Evicted, read.LastSweep, read.Open));
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Assert.Null(LedgerPage.TryRead(bytes));
            bytes[i] ^= 0x10;
        }
    }
}
