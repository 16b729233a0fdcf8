# Dot-sourced by every file here: a folder, settings and a cache of this process's own, then the module of this checkout.
$script:Root = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..'))
$script:Manifest = [System.IO.Path]::Combine($Root, 'MarketCache.psd1')
$script:Folder = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "marketcache-pester-$PID")
if (-not [System.IO.Directory]::Exists($Folder)) {
    $null = [System.IO.Directory]::CreateDirectory($Folder)
    Get-ChildItem -Path Env:MARKETCACHE_* | Remove-Item
    $env:HOME = $env:USERPROFILE = $Folder
    $env:XDG_CACHE_HOME = $env:LOCALAPPDATA = [System.IO.Path]::Combine($Folder, 'cache')
    $env:XDG_CONFIG_HOME = $env:APPDATA = [System.IO.Path]::Combine($Folder, 'config')
    $env:PSModulePath = [System.IO.Path]::Combine($PSHOME, 'Modules')
    $env:NO_COLOR = '1'
}

Import-Module -Name $Manifest

# A year of made-up bars: 253 sessions.
$script:Year = @{ Provider = 'Sample'; Start = '2020-01-01'; End = '2020-12-31'; WarningAction = 'Ignore' }

# PowerShell in a process of its own, with the module imported: the lines of its output, its errors among them; the exit code is in $LASTEXITCODE.
function Invoke-Process {
    param([string] $Script, [switch] $NoImport)

    $import = $NoImport ? '' : "Import-Module -Name '$Manifest'`n"
    & dotnet ([System.IO.Path]::Combine($PSHOME, 'pwsh.dll')) -NoProfile -NonInteractive -Command ($import + $Script) 2>&1 | ForEach-Object ToString
}

# The first part of the error's id, by which scripts tell errors apart.
function Get-ErrorId {
    param($ErrorRecord)

    "$($ErrorRecord.FullyQualifiedErrorId)".Split(',')[0]
}
