using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MarketCache.Engine.Tables;

/// <summary>Turns numbers into what is left after a prediction, and back.</summary>
internal static class Predictor
{
    // The average is kept in sixteenths; 3/8 of each surprise goes into it.
    private const int AverageShift = 4;

    /// <summary>Writes what is left to <paramref name="rest"/>; the first number is the base and leaves zero, except with <see cref="Prediction.None"/>.</summary>
    public static void Apply(Prediction prediction, ReadOnlySpan<long> numbers, Span<long> rest)
    {
        switch (prediction)
        {
            case Prediction.None:
                numbers.CopyTo(rest);
                break;
            case Prediction.Previous:
                for (var i = numbers.Length - 1; i > 0; i--)
                {
                    rest[i] = numbers[i] - numbers[i - 1];
                }

                rest[0] = 0;
                break;
            case Prediction.Average:
                var average = numbers[0] << AverageShift;
                for (var i = 0; i < numbers.Length; i++)
                {
                    rest[i] = numbers[i] - (average >> AverageShift);
                    average += (((numbers[i] << AverageShift) - average) * 3) >> 3;
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(prediction));
        }
    }

    /// <summary>Puts the numbers back in place of what was left.</summary>
    public static void Undo(Prediction prediction, long first, Span<long> numbers)
    {
        switch (prediction)
        {
            case Prediction.None:
                break;
            case Prediction.Previous:
                for (var i = 0; i < numbers.Length; i++)
                {
                    first += numbers[i];
                    numbers[i] = first;
                }

                break;
            case Prediction.Average:
                var average = first << AverageShift;
                for (var i = 0; i < numbers.Length; i++)
                {
                    var number = numbers[i] + (average >> AverageShift);
                    numbers[i] = number;
                    average += (((number << AverageShift) - average) * 3) >> 3;
                }

                break;
            default:
                TableFormat.Fail($"Prediction {(byte)prediction} does not stand alone.");
                break;
        }
    }

    /// <summary>What is left of bars: open − close before, high − higher of open and close, lower of both − low, close − open.</summary>
    public static void ApplyBars(
        ReadOnlySpan<long> open, ReadOnlySpan<long> high, ReadOnlySpan<long> low, ReadOnlySpan<long> close,
        Span<long> openRest, Span<long> highRest, Span<long> lowRest, Span<long> closeRest)
    {
        var before = open[0];
        for (var i = 0; i < open.Length; i++)
        {
            openRest[i] = open[i] - before;
            closeRest[i] = close[i] - open[i];
            highRest[i] = high[i] - Math.Max(open[i], close[i]);
            lowRest[i] = Math.Min(open[i], close[i]) - low[i];
            before = close[i];
        }
    }

    /// <summary>Puts the bars back in place of what was left of them.</summary>
    public static void UndoBars(long first, Span<long> open, Span<long> high, Span<long> low, Span<long> close)
    {
        high = high[..open.Length];
        low = low[..open.Length];
        close = close[..open.Length];
        for (var i = 0; i < open.Length; i++)
        {
            first += open[i];
            open[i] = first;
            first += close[i];
            close[i] = first;
        }

        ref var opens = ref MemoryMarshal.GetReference(open);
        ref var highs = ref MemoryMarshal.GetReference(high);
        ref var lows = ref MemoryMarshal.GetReference(low);
        ref var closes = ref MemoryMarshal.GetReference(close);
        var at = 0;
        for (; at <= open.Length - Vector128<long>.Count; at += Vector128<long>.Count)
        {
            var a = Vector128.LoadUnsafe(ref opens, (nuint)at);
            var b = Vector128.LoadUnsafe(ref closes, (nuint)at);
            var rose = Vector128.GreaterThan(b, a);
            var higher = Vector128.ConditionalSelect(rose, b, a);
            var lower = Vector128.ConditionalSelect(rose, a, b);
            (Vector128.LoadUnsafe(ref highs, (nuint)at) + higher).StoreUnsafe(ref highs, (nuint)at);
            (lower - Vector128.LoadUnsafe(ref lows, (nuint)at)).StoreUnsafe(ref lows, (nuint)at);
        }

        for (; at < open.Length; at++)
        {
            high[at] += Math.Max(open[at], close[at]);
            low[at] = Math.Min(open[at], close[at]) - low[at];
        }
    }
}
