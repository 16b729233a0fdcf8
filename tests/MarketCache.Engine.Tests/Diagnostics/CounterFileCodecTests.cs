using System.Text;
using CsCheck;
using MarketCache.Engine.Diagnostics;

namespace MarketCache.Engine.Tests.Diagnostics;

public class CounterFileCodecTests
{
    private static readonly Gen<string> Names = Gen.String[Gen.Char.AlphaNumeric, 1, 8].Select(s => "provider." + s + ".calls");

    private static readonly Gen<CounterFile> Files = Gen.Select(
        Gen.Int[0, 3_000_000], Gen.Bool, Names.Array[0, 4], Gen.Select(Gen.Int[0, 23], Names, Gen.Long).Array[0, 20]).Select((day, isClosed, folded, counts) =>
    {
        var file = new CounterFile(DateOnly.FromDayNumber(day)) { IsClosed = isClosed };
        file.Folded.AddRange(folded);
        foreach (var (hour, name, count) in counts)
        {
            var set = new CounterSet();
            set.Add(name, count);
            file.Add(hour, set);
        }

        return file;
    });

    [Fact]
    public void Any_file_reads_back_as_it_was_written()
    {
        Files.Sample(file =>
        {
            Assert.Equal(CounterFileState.Whole, CounterFileCodec.TryDecode(CounterFileCodec.Encode(file), out var read));
            Assert.Equal(file.Day, read!.Day);
            Assert.Equal(file.IsClosed, read.IsClosed);
            Assert.Equal(file.Folded, read.Folded);
            Assert.Equal(
                file.Hours.Where(h => !h.Value.IsEmpty).Select(h => (h.Key, h.Value.Counts.OrderBy(c => c.Key, StringComparer.Ordinal).ToArray())),
                read.Hours.Where(h => !h.Value.IsEmpty).Select(h => (h.Key, h.Value.Counts.OrderBy(c => c.Key, StringComparer.Ordinal).ToArray())),
                (a, b) => a.Key == b.Key && a.Item2.SequenceEqual(b.Item2));
        });
    }

    [Fact]
    public void Any_flipped_bit_or_missing_end_makes_a_file_damaged()
    {
        Gen.Select(Files.Select(CounterFileCodec.Encode), Gen.Int[0, int.MaxValue], Gen.Bool).Sample((bytes, where, truncates) =>
        {
            if (truncates)
            {
                bytes = bytes[..(where % bytes.Length)];
            }
            else
            {
                bytes[where / 8 % bytes.Length] ^= (byte)(1 << (where % 8));
            }

            Assert.Equal(CounterFileState.Damaged, CounterFileCodec.TryDecode(bytes, out var file));
            Assert.Null(file);
        });
    }

    [Fact]
    public void A_whole_checksum_over_nonsense_is_damaged_all_the_same()
    {
        string[] bodies =
        [
            "", "\n", "something else\n", "marketcache-counters 1\n", "marketcache-counters 1\nday 2024-13-01\n",
            "marketcache-counters 1\nday 2024-01-01\nhits 3\n", "marketcache-counters 1\nday 2024-01-01\nhour 24\n",
            "marketcache-counters 1\nday 2024-01-01\nhour 1\nhour 1\n", "marketcache-counters 1\nday 2024-01-01\nhour 1\nhits x\n",
            "marketcache-counters 1\nday 2024-01-01\nhour 1\nhits\n", "marketcache-counters 1\nday 2024-01-01\nhour 1\nhits 99999999999999999999\n",
            "marketcache-counters 1\nday 2024-01-01\nhour 1\nhits 1",
        ];
        Assert.All(bodies, body => Assert.Equal(CounterFileState.Damaged, CounterFileCodec.TryDecode(Signed(body), out _)));
    }

    [Fact]
    public void A_file_of_a_later_version_is_known_as_such()
    {
        Assert.Equal(CounterFileState.Newer, CounterFileCodec.TryDecode(Signed("marketcache-counters 2\nwhatever\n"), out _));
    }

    [Fact]
    public void Sums_beyond_the_range_stay_at_its_end()
    {
        var set = new CounterSet();
        set.Add("a", long.MaxValue);
        set.Add("a", 5);
        Assert.Equal(long.MaxValue, set["a"]);
    }

    internal static byte[] Signed(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return [.. bytes, .. Encoding.ASCII.GetBytes($"check {Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(bytes))}\n")];
    }
}
