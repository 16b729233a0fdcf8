BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $null = Get-MarketData -Ticker AAPL, MSFT @Year
}

Describe 'Get-MarketCacheEntry' {
    It 'sorts by ticker and data type' {
        $null = Get-MarketData -Ticker ZED, ABE, NIM -DataType OHLCV, DIVIDEND @Year

        $listed = Get-MarketCacheEntry -Ticker ZED, ABE, NIM | ForEach-Object { "$($_.Ticker) $($_.DataType)" }
        $listed | Should -Be ($listed | Sort-Object)
        @($listed).Count | Should -BeGreaterOrEqual 6
    }

    It 'lists what is cached of a ticker' {
        $entry = Get-MarketCacheEntry -Ticker AAPL -DataType OHLCV

        $entry.Rows | Should -Be 253
        $entry.IsFinal | Should -BeTrue
        $entry.Provider | Should -Be 'Sample'
    }

    It 'finds entries by wildcards, by calendar and by key' {
        (Get-MarketCacheEntry -Ticker M* -DataType OHLCV).Ticker | Should -Be 'MSFT'
        (Get-MarketCacheEntry -Calendar XNYS).Ticker | Should -Contain 'AAPL'
        $entry = Get-MarketCacheEntry -Ticker AAPL -DataType OHLCV
        (Get-MarketCacheEntry -Key $entry.Key).Key | Should -Be $entry.Key
        Get-MarketCacheEntry -Ticker NOSUCH | Should -BeNullOrEmpty
    }

    It 'tells the parameters that a series was asked with' {
        Register-MarketDataProvider -Name Venue -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 1 } }
        $null = Get-MarketData -Ticker V -Provider Venue -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 -Parameter @{ venue = 'x' }
        $entry = Get-MarketCacheEntry -Ticker V
        Unregister-MarketDataProvider -Name Venue

        $entry.Parameters['venue'] | Should -Be 'x'
    }

    It 'can be sorted by age and size' {
        (Get-MarketCacheEntry | Sort-Object -Property LastFetch | Select-Object -First 1).LastFetch | Should -BeOfType [datetime]
        (Get-MarketCacheEntry -Ticker AAPL -DataType OHLCV).DiskBytes | Should -BeOfType [long]
    }

    It 'knows what is older than a period' {
        Get-MarketCacheEntry -OlderThan 90d | Should -BeNullOrEmpty
    }
}
