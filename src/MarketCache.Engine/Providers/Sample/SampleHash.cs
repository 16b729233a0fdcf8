using System.IO.Hashing;
using System.Text;

namespace MarketCache.Engine.Providers.Sample;

/// <summary>Noise out of integers alone, so that every platform computes the same numbers to the bit.</summary>
internal static class SampleHash
{
    /// <summary>2^(2^-n) for n = 1 to 16 with 30 binary places.</summary>
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

    /// <summary><paramref name="value"/> × 2^(<paramref name="exponent"/> / 65536), rounded down; value below 2^31, result 0 where it is out of range.</summary>
    public static long Scale(long value, long exponent)
    {
        var whole = (int)(exponent >> 16);
        var fraction = (uint)(exponent & 0xFFFF);
        var factor = 1UL << 30;
        for (var bit = 0; bit < 16; bit++)
        {
            if ((fraction & (0x8000u >> bit)) != 0)
            {
                factor = (factor * Roots[bit]) >> 30;
            }
        }

        var shift = 30 - whole;
        return shift is < 0 or > 62 ? 0 : (long)(((ulong)value * factor) >> shift);
    }

    private static ulong[] MakeRoots()
    {
        // Square roots by bisection on integers: √x with 30 places is the largest r with r² ≤ x · 2^30.
        var roots = new ulong[16];
        var x = 2UL << 30;
        for (var n = 0; n < roots.Length; n++)
        {
            ulong low = 1UL << 30, high = 2UL << 30;
            while (low + 1 < high)
            {
                var middle = (low + high) >> 1;
                if (middle * middle <= x << 30)
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            roots[n] = low;
            x = low;
        }

        return roots;
    }
}
