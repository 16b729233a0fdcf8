namespace MarketCache.Engine.Files;

/// <summary>What the operating system reports about a file.</summary>
/// <param name="Mode">Kind and rights.</param>
/// <param name="Owner">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Links">Names that lead to it; 0 once it was removed.</param>
/// <param name="Inode">Its number in the file system.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Modified">When it was last modified, UTC ticks.</param>
internal readonly record struct FileFacts(ushort Mode, uint Owner, uint Group, uint Links, ulong Inode, long Length, long Modified)
{
    /// <summary>Whether it is a file with bytes: no folder, link, pipe, socket or device.</summary>
    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    /// <summary>Whether it is a folder.</summary>
    public bool IsFolder => (Mode & 0xF000) == 0x4000;

    /// <summary>Whether its group may write to it.</summary>
    public bool IsWritableByGroup => (Mode & 0x10) != 0;

    /// <summary>Whether everybody may write to it.</summary>
    public bool IsWritableByOthers => (Mode & 0x2) != 0;
}
