using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Files;

/// <summary>An XXH128 hash, which names an object by its bytes and a series by its key: 32 lower-case hexadecimal digits.</summary>
/// <remarks>
/// Two halves instead of a <see cref="UInt128"/>: methods that touch one cannot be compiled ahead of time, and every first answer would
/// wait for them.
/// </remarks>
/// <param name="High">The first eight bytes, big-endian.</param>
/// <param name="Low">The last eight bytes, big-endian.</param>
internal readonly record struct Hash128(ulong High, ulong Low) : IComparable<Hash128>
{
    /// <summary>The length in bytes.</summary>
    public const int Bytes = 16;

    /// <summary>The length of its name in characters.</summary>
    public const int Digits = 32;

    /// <summary>The first byte.</summary>
    public int FirstByte => (int)(High >> 56);

    /// <summary>The hash of some bytes.</summary>
    public static Hash128 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        XxHash128.Hash(bytes, hash);
        return Read(hash);
    }

    /// <summary>The hash of a text in UTF-8.</summary>
    public static Hash128 Of(string text)
    {
        int max = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = max <= 1024 ? stackalloc byte[1024] : new byte[max];
        return Of(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    /// <summary>The hash of everything appended so far.</summary>
    public static Hash128 Of(XxHash128 hasher)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        hasher.GetCurrentHash(hash);
        return Read(hash);
    }

    /// <summary>Reads the first <see cref="Bytes"/> bytes.</summary>
    public static Hash128 Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes the first <see cref="Bytes"/> bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <summary>Reads a name; false for any other text, upper case included.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out Hash128 hash)
    {
        hash = default;
        if (name.Length != Digits
            || name.ContainsAnyInRange('A', 'F')
            || !ulong.TryParse(name[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong high)
            || !ulong.TryParse(name[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong low))
        {
            return false;
        }

        hash = new Hash128(high, low);
        return true;
    }

    /// <summary>Writes the name into the first <see cref="Digits"/> characters.</summary>
    public void Write(Span<char> name)
    {
        WriteHex(High, name);
        WriteHex(Low, name[16..]);
    }

    /// <inheritdoc/>
    public int CompareTo(Hash128 other) => High == other.High ? Low.CompareTo(other.Low) : High.CompareTo(other.High);

    /// <summary>The name.</summary>
    public override string ToString() => string.Create(Digits, this, static (span, hash) => hash.Write(span));

    private static void WriteHex(ulong value, Span<char> destination)
    {
        for (int i = 15; i >= 0; i--)
        {
            destination[i] = "0123456789abcdef"[(int)(value & 15)];
            value >>= 4;
        }
    }
}
