using Microsoft.Data.Sqlite;

namespace MarketCache.Benchmarks.Peers;

/// <summary>The same rows in a table of SQLite, keyed by ticker and day; a write-ahead log, synchronised at checkpoints only.</summary>
internal sealed class PeerDatabase : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _upsert;

    public PeerDatabase(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        using (var create = _connection.CreateCommand())
        {
            create.CommandText = """
                PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                CREATE TABLE bars (ticker TEXT, day INTEGER, open REAL, high REAL, low REAL, close REAL, volume INTEGER, PRIMARY KEY (ticker, day)) WITHOUT ROWID;
                CREATE TABLE entries (key TEXT PRIMARY KEY, file TEXT, size INTEGER, stored REAL) WITHOUT ROWID;
                """;
            create.ExecuteNonQuery();
        }

        _select = _connection.CreateCommand();
        _select.CommandText = "SELECT day, open, high, low, close, volume FROM bars WHERE ticker = $t AND day BETWEEN $from AND $to ORDER BY day";
        foreach (var name in (string[])["$t", "$from", "$to"])
        {
            _select.Parameters.Add(new SqliteParameter(name, null));
        }

        _upsert = _connection.CreateCommand();
        _upsert.CommandText = "INSERT INTO bars VALUES ($t, $d, $o, $h, $l, $c, $v) ON CONFLICT DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume";
        foreach (var name in (string[])["$t", "$d", "$o", "$h", "$l", "$c", "$v"])
        {
            _upsert.Parameters.Add(new SqliteParameter(name, null));
        }
    }

    public void Write(string ticker, DailyBars bars)
    {
        using var transaction = _connection.BeginTransaction();
        _upsert.Transaction = transaction;
        for (var i = 0; i < bars.Days.Length; i++)
        {
            _upsert.Parameters[0].Value = ticker;
            _upsert.Parameters[1].Value = bars.Days[i];
            _upsert.Parameters[2].Value = bars.Open[i];
            _upsert.Parameters[3].Value = bars.High[i];
            _upsert.Parameters[4].Value = bars.Low[i];
            _upsert.Parameters[5].Value = bars.Close[i];
            _upsert.Parameters[6].Value = bars.Volume[i];
            _upsert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public DailyBars Read(string ticker, int from, int to, int rows)
    {
        _select.Parameters[0].Value = ticker;
        _select.Parameters[1].Value = from;
        _select.Parameters[2].Value = to;
        using var reader = _select.ExecuteReader();
        var bars = new DailyBars(new int[rows], new double[rows], new double[rows], new double[rows], new double[rows], new long[rows]);
        for (var i = 0; reader.Read(); i++)
        {
            bars.Days[i] = reader.GetInt32(0);
            bars.Open[i] = reader.GetDouble(1);
            bars.High[i] = reader.GetDouble(2);
            bars.Low[i] = reader.GetDouble(3);
            bars.Close[i] = reader.GetDouble(4);
            bars.Volume[i] = reader.GetInt64(5);
        }

        return bars;
    }

    /// <summary>What python-diskcache does in a set of 60 KB: a new file, its row, and the file before it removed.</summary>
    public void SetFile(string folder, ref string? before, byte[] bytes)
    {
        var name = Path.Combine(folder, Guid.NewGuid().ToString("N") + ".val");
        using (var file = new FileStream(name, FileMode.CreateNew))
        {
            file.Write(bytes);
        }

        using (var command = _connection.CreateCommand())
        {
            command.CommandText = "INSERT OR REPLACE INTO entries VALUES ('key', $f, $s, 1.0)";
            command.Parameters.AddWithValue("$f", name);
            command.Parameters.AddWithValue("$s", bytes.Length);
            command.ExecuteNonQuery();
        }

        if (before is not null)
        {
            File.Delete(before);
        }

        before = name;
    }

    public void Dispose()
    {
        _select.Dispose();
        _upsert.Dispose();
        _connection.Dispose();
    }
}
