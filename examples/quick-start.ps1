# The main job in four steps: the first answer comes from the provider, the next from memory, and the figures say so.
# The provider Sample makes its prices up, so this needs no key and no network.
[CmdletBinding()]
param(
    [string[]] $Ticker = @('AAPL', 'MSFT'),
    [string] $Provider = 'Sample',
    [string] $Last = '5y'
)

# Rows that an earlier run has fetched are on disk, and this run's first answer needs no call either.
$watch = [System.Diagnostics.Stopwatch]::StartNew()
$cold = Get-MarketData -Ticker $Ticker -Provider $Provider -Last $Last
'Cold: {0} rows in {1:0.0} ms, {2} provider calls' -f $cold.Count, $watch.Elapsed.TotalMilliseconds, (Get-CacheStats).ProviderCalls

$watch.Restart()
$warm = Get-MarketData -Ticker $Ticker -Provider $Provider -Last $Last
'Warm: {0} rows in {1:0.0} ms' -f $warm.Count, $watch.Elapsed.TotalMilliseconds

# The rows are plain objects: filter, sort and export them as you like.
$warm[-3..-1] | Out-Host

Get-CacheStats | Out-Host
