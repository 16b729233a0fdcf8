# A provider of your own: a script block that writes rows. Caching, single-flight, budgets and retries are done for it.
Register-MarketDataProvider -Name Ramp -Local -ScriptBlock {
    param($Request)
    for ($day = $Request.Start; $day -le $Request.End; $day = $day.AddDays(1)) {
        $price = 100 + $day.DayNumber % 100
        @{ Date = $day; Open = $price; High = $price + 1; Low = $price - 1; Close = $price; Volume = 1000 }
    }
}

Get-MarketData -Ticker DEMO -Provider Ramp -Last 2w | Out-Host
'{0} provider call' -f (Get-MarketDataProvider -Name Ramp).Calls
Get-MarketData -Ticker DEMO -Provider Ramp -Last 1w | Out-Host
'{0} provider call' -f (Get-MarketDataProvider -Name Ramp).Calls
