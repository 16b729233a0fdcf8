namespace MarketCache.Engine.Files;

/// <summary>What a read found in a file's place.</summary>
internal enum FileFinding
{
    /// <summary>The file, with as many bytes as it says.</summary>
    Whole,

    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>Bytes that do not verify, or too few or too many of them.</summary>
    Damaged,

    /// <summary>No plain file: a link, a folder, a pipe, a socket, a device.</summary>
    Stranger,

    /// <summary>A plain file of an owner, or with rights, that <see cref="FileTrust"/> does not believe.</summary>
    Untrusted,

    /// <summary>The file system refused.</summary>
    Unreadable,
}
