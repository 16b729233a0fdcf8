using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Providers.Sample;

/// <summary>Noise out of integers alone, so that every platform computes the same numbers to the bit.</summary>
internal static class SampleHash
{
    /// <summary>2^(2^-n) for n = 1 to 16 with 32 binary places.</summary>
    private static readonly ulong[] Roots = MakeRoots();

    /// <summary>A seed for a name, without regard to case.</summary>
    public static ulong Seed(string name) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(name.ToUpperInvariant()));

    /// <summary>64 well-mixed bits of a seed and a position (SplitMix64).</summary>
    public static ulong Mix(ulong seed, long position)
    {
        var z = seed + ((ulong)position * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to one below <paramref name="count"/>.</summary>
    public static int Below(ulong seed, long position, int count) => (int)(Mix(seed, position) % (ulong)count);

    /// <summary>A path that turns at random every <paramref name="scale"/> steps and is straight between, within ± <paramref name="height"/>.</summary>
    public static long Path(ulong seed, long position, int scale, int height)
    {
        var knot = Math.DivRem(position, scale, out var rest);
        if (rest < 0)
        {
            knot--;
            rest += scale;
        }

        var own = Mix(seed, scale);
        long from = Below(own, knot, (2 * height) + 1) - height;
        long to = Below(own, knot + 1, (2 * height) + 1) - height;
        return from + ((to - from) * rest / scale);
    }

    /// <summary><paramref name="value"/> × 2^(<paramref name="exponent"/> / 65536), rounded down.</summary>
    public static long Scale(long value, long exponent)
    {
        var whole = (int)(exponent >> 16);
        var fraction = (uint)(exponent & 0xFFFF);
        var factor = 1UL << 32;
        for (var bit = 0; bit < 16; bit++)
        {
            if ((fraction & (0x8000u >> bit)) != 0)
            {
                factor = (ulong)(((UInt128)factor * Roots[bit]) >> 32);
            }
        }

        var shift = 32 - whole;
        var product = (UInt128)(ulong)value * factor;
        return shift is < 0 or > 120 ? 0 : (long)(ulong)(product >> shift);
    }

    private static ulong[] MakeRoots()
    {
        // Square roots by bisection on integers: √(x) with 32 places is the largest r with r² ≤ x · 2^32.
        var roots = new ulong[16];
        UInt128 x = 2UL << 32;
        for (var n = 0; n < roots.Length; n++)
        {
            var target = x << 32;
            UInt128 low = 1UL << 32, high = 2UL << 32;
            while (low + 1 < high)
            {
                var middle = (low + high) >> 1;
                if (middle * middle <= target)
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            roots[n] = (ulong)low;
            x = low;
        }

        return roots;
    }
}
