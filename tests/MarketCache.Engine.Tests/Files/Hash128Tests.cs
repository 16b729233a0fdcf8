using System.Globalization;
using System.IO.Hashing;
using CsCheck;
using MarketCache.Engine.Files;

namespace MarketCache.Engine.Tests.Files;

public sealed class Hash128Tests
{
    private static readonly Gen<Hash128> Hashes = Gen.Select(Gen.ULong, Gen.ULong, static (high, low) => new Hash128(high, low));

    [Fact]
    public void The_hash_of_bytes_is_XXH128() => Gen.Byte.Array[0, 600].Sample(bytes =>
    {
        UInt128 expected = XxHash128.HashToUInt128(bytes);
        Assert.Equal(expected.ToString("x32", CultureInfo.InvariantCulture), Hash128.Of(bytes).ToString());
    });

    [Fact]
    public void A_text_is_hashed_in_UTF_8() => Gen.String[0, 2000].Sample(text =>
        Assert.Equal(Hash128.Of(System.Text.Encoding.UTF8.GetBytes(text)), Hash128.Of(text)));

    [Fact]
    public void A_name_is_read_back() => Hashes.Sample(hash =>
    {
        Assert.True(Hash128.TryParse(hash.ToString(), out Hash128 read));
        Assert.Equal(hash, read);
    });

    [Fact]
    public void Bytes_are_read_back_and_order_like_numbers() => Gen.Select(Hashes, Hashes).Sample((one, other) =>
    {
        Span<byte> bytes = stackalloc byte[Hash128.Bytes];
        one.Write(bytes);
        Assert.Equal(one, Hash128.Read(bytes));
        Assert.Equal(string.CompareOrdinal(one.ToString(), other.ToString()) < 0, one.CompareTo(other) < 0);
    });

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789ABCDEF0123456789abcdef")]
    [InlineData("0123456789abcdeg0123456789abcdef")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("+123456789abcdef-123456789abcdef")]
    public void No_other_name_is_read(string name) => Assert.False(Hash128.TryParse(name, out _));
}
