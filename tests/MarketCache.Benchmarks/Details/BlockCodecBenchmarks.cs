using BenchmarkDotNet.Attributes;
using MarketCache.Benchmarks.Data;
using MarketCache.Engine.Tables;

namespace MarketCache.Benchmarks.Details;

/// <summary>The codec on one year of daily bars and on all of them as one block.</summary>
[MemoryDiagnoser]
public class BlockCodecBenchmarks
{
    private MarketTable _table = MarketTable.Empty;
    private byte[] _bytes = [];

    /// <summary>Rows: a year or the ticker's whole history.</summary>
    [Params(252, 5000)]
    public int Rows { get; set; }

    /// <summary>Whether Zstandard is allowed.</summary>
    [Params(true, false)]
    public bool Compress { get; set; }

    /// <summary>Reads the bars.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _table = PriceHistory.Daily("aapl").Slice(0, Rows);
        _bytes = BlockCodec.Encode([new NamedTable("OHLCV", _table)], Compress);
    }

    /// <summary>Rows to bytes.</summary>
    [Benchmark]
    public byte[] Encode() => BlockCodec.Encode([new NamedTable("OHLCV", _table)], Compress);

    /// <summary>Bytes to rows.</summary>
    [Benchmark]
    public object Decode() => BlockCodec.Decode(_bytes);
}
