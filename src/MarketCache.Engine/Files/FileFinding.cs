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

    /// <summary>Not a regular file: a link, a folder, a pipe, a socket, a device.</summary>
    Stranger,

    /// <summary>A regular file with an owner or permissions that <see cref="FileTrust"/> does not trust.</summary>
    Untrusted,

    /// <summary>The file system refused.</summary>
    Unreadable,
}
