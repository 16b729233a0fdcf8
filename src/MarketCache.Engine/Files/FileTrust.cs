namespace MarketCache.Engine.Files;

/// <summary>
/// Whose files are trusted below a folder: those of the folder's owner and of root, unless others may write to them; below a folder that a group
/// shares on purpose, those of its group. Root works in another's folder as its owner: the files it makes are given to them.
/// </summary>
/// <param name="Owner">The owner of the folder.</param>
/// <param name="Group">The group of the folder.</param>
/// <param name="ByGroup">Whether the group shares the folder.</param>
internal sealed record FileTrust(uint Owner, uint Group, bool ByGroup)
{
    /// <summary>The trust if nothing is known about a folder: files of this process's user.</summary>
    public static FileTrust Own { get; } = new(Posix.User, 0, false);

    /// <summary>Whether new files should be given to the folder's owner.</summary>
    public bool GivesAway => Posix.User == 0 && Owner != 0;

    /// <summary>The permissions of the files created here.</summary>
    public UnixFileMode NewFile => ByGroup
        ? UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        : UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Gives a new file to the users of the folder; creating it does not do that.</summary>
    public void Adopt(int file)
    {
        if (ByGroup)
        {
            _ = Posix.ChangeMode(file, (uint)NewFile); // The mask of the process took the group's rights away.
        }

        if (GivesAway)
        {
            _ = Posix.ChangeOwner(file, Owner, Group);
        }
    }

    /// <summary>Whether a file may be read.</summary>
    public bool Believes(in FileFacts facts) =>
        !facts.IsWritableByOthers
        && (ByGroup ? facts.Group == Group || facts.Owner == Owner : !facts.IsWritableByGroup && (facts.Owner == Owner || facts.Owner == 0 || facts.Owner == Posix.User));
}
