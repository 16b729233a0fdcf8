namespace MarketCache.Engine.Tables;

/// <summary>Bytes that are not an encoded table: damaged, foreign, truncated or of a newer format.</summary>
internal sealed class TableFormatException : Exception
{
    public TableFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
