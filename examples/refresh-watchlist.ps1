# Refreshes a watch list; made for a scheduled task. Exit codes: 0 all is up to date, 1 nothing could be tried, 2 some series could not be updated.
[CmdletBinding()]
param(
    # A file with one ticker on each line; without it, a few well-known ones.
    [string] $Path,
    [string] $Provider = 'Sample',
    [string] $Last = '1y'
)

# A scheduled task runs without a profile: the module of this folder is imported, and without it the script fails.
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../MarketCache.psd1') -ErrorAction Stop

$what = if ($Path) { @{ Path = $Path } } else { @{ Ticker = 'AAPL', 'MSFT', 'IBM' } }
$update = Update-MarketCache @what -Provider $Provider -Last $Last -DataType OHLCV, DIVIDEND -PassThru -WarningAction SilentlyContinue
if (-not $update.Series) {
    exit 1
}

'{0} series: {1} updated, {2} fresh, {3} failed; {4} rows in {5} calls' -f $update.Series, $update.Updated, $update.Fresh, $update.Failed, $update.RowsFetched, $update.ProviderCalls
exit $update.ExitCode
