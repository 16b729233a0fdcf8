# Carries the cache to a machine without internet: export here, copy the file, import there.
[CmdletBinding()]
param(
    [string] $Path = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "marketcache-$PID.zip"),
    [string] $Provider = 'Sample'
)

Update-MarketCache -Ticker AAPL, MSFT -Provider $Provider -Last 1y -WarningAction SilentlyContinue
$export = Export-MarketCache -Ticker AAPL, MSFT -Provider $Provider -Path $Path
'{0} series exported' -f $export.Series

# On the other machine; here the cache forgets first what it knows.
Clear-MarketCache -Ticker AAPL, MSFT -Provider $Provider
$import = Import-MarketCache -Path $Path
'{0} series imported' -f $import.Series

$series = Get-MarketData -Ticker AAPL -Provider $Provider -Last 6mo -Offline -AsSeries -WarningAction SilentlyContinue
'{0} rows offline, {1} provider calls' -f $series.Count, $series.Status.ProviderCalls
[System.IO.File]::Delete($Path)
