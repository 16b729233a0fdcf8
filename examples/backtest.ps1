# A moving-average rule over many tickers: hold while the close is above its average of the last sessions.
# The first run fetches; the next ones read the cache.
[CmdletBinding()]
param(
    [string[]] $Ticker,
    [int] $Count = 500,
    [int] $Window = 50,
    [string] $Provider = 'Sample',
    [string] $Last = '2y'
)

if (-not $Ticker) {
    # Four letters each: enough names for the made-up prices of Sample.
    $letters = [char[]] 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    $Ticker = foreach ($i in 0..($Count - 1)) { 'T{0}{1}{2}' -f $letters[[math]::Floor($i / 676) % 26], $letters[[math]::Floor($i / 26) % 26], $letters[$i % 26] }
}

$watch = [System.Diagnostics.Stopwatch]::StartNew()
$results = Get-MarketData -Ticker $Ticker -Provider $Provider -Last $Last -AsSeries -WarningAction SilentlyContinue | ForEach-Object {
    # A column is read at once, without an object for each row.
    $close = $_.Rows.Find('Close')
    $sum = 0.0
    $return = 1.0
    for ($i = 0; $i -lt $close.Count; $i++) {
        $price = $close.GetValue($i)
        if ($i -gt $Window -and $close.GetValue($i - 1) -gt $sum / $Window) {
            $return *= $price / $close.GetValue($i - 1)
        }

        $sum += $price
        if ($i -ge $Window) { $sum -= $close.GetValue($i - $Window) }
    }

    [pscustomobject] @{ Ticker = $_.Ticker; Sessions = $close.Count; Return = $return - 1 }
}

$total = 0.0
foreach ($result in $results) { $total += $result.Return }
'{0} tickers, mean return {1:P1}, {2:0.0} s' -f @($results).Count, ($total / @($results).Count), $watch.Elapsed.TotalSeconds
