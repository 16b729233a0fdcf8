namespace MarketCache.Engine.Tables;

/// <summary>Where in the payload a column's text lies.</summary>
/// <param name="IsUtf16">UTF-16 code units, for text with lone surrogates; otherwise UTF-8.</param>
/// <param name="IsDictionary">Whether the texts are the distinct ones, to which <paramref name="Indices"/> point.</param>
/// <param name="Count">How many texts.</param>
/// <param name="Lengths">Their lengths in bytes.</param>
/// <param name="Offset">First byte of the texts.</param>
/// <param name="Length">Bytes of all texts.</param>
/// <param name="Indices">Every row's text, of a dictionary.</param>
internal readonly record struct StringLayout(
    bool IsUtf16, bool IsDictionary, int Count, StreamLayout Lengths, int Offset, int Length, StreamLayout Indices);
