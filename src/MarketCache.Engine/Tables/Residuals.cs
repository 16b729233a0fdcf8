using System.Numerics;

namespace MarketCache.Engine.Tables;

/// <summary>What the sizes of a prediction's residuals say about the bits they will take, in either form.</summary>
internal readonly struct Residuals
{
    private readonly int _count;
    private readonly long _least;
    private readonly long _greatest;
    private readonly double _sum;
    private readonly double _magnitude;
    private readonly int _zeros;

    public Residuals(ReadOnlySpan<long> residuals)
    {
        _count = residuals.Length;
        _least = long.MaxValue;
        _greatest = long.MinValue;
        foreach (var residual in residuals)
        {
            _least = Math.Min(_least, residual);
            _greatest = Math.Max(_greatest, residual);
            _sum += residual;
            _magnitude += Math.Abs((double)residual);
            _zeros += residual == 0 ? 1 : 0;
        }
    }

    /// <summary>The least residual, which the biased form subtracts.</summary>
    public long Least => _least;

    /// <summary>Estimated bits of the zigzag form.</summary>
    public double ZigZagBits => Estimate(2 * _magnitude, Math.Max(ZigZag.Encode(_least), ZigZag.Encode(_greatest)), _zeros);

    /// <summary>Estimated bits of the form less <see cref="Least"/>.</summary>
    public double BiasedBits => Estimate(_sum - ((double)_count * _least), (ulong)(_greatest - _least), _least == 0 ? _zeros : 0) + 8;

    private double Estimate(double sum, ulong greatest, int zeros)
    {
        if (greatest == 0)
        {
            return 0;
        }

        var fixedBits = (double)_count * (64 - BitOperations.LeadingZeroCount(greatest));
        var riceBits = (_count * Math.Max(1, Math.Log2((sum / _count) + 0.5) + 1.5)) + 16;
        var bits = Math.Min(fixedBits, riceBits);
        var stored = _count - zeros;
        if (zeros > _count / 2)
        {
            bits = Math.Min(bits, (stored * (Math.Log2((double)_count / stored) + 3 + Math.Log2((sum / stored) + 1))) + 32);
        }

        return bits;
    }
}
