BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $null = Get-MarketData -Ticker AAPL @Year
}

Describe 'Views' {
    It 'shows a <Type> in 80 columns without colour' -ForEach @(
        @{ Type = 'row'; Command = { Get-MarketData -Ticker AAPL @Year | Select-Object -First 2 }; Shows = '*Ticker*Date*Open*High*Low*Close*Volume*AAPL*2020-01-02*' }
        @{ Type = 'value'; Command = { Get-MarketData -Ticker AAPL -DataType ADJUSTED_CLOSE @Year | Select-Object -First 2 }; Shows = '*Ticker*Date*Value*AAPL*' }
        @{ Type = 'series'; Command = { Get-MarketData -Ticker AAPL @Year -AsSeries }; Shows = '*Ticker*DataType*Rows*AAPL*253*Sample*' }
        @{ Type = 'entry'; Command = { Get-MarketCacheEntry -Ticker AAPL -DataType OHLCV }; Shows = '*Ticker*Rows*AAPL*OHLCV*253*' }
        @{ Type = 'statistics'; Command = { Get-CacheStats }; Shows = '*Requests*hits*Response time*Tier*Memory*Disk*' }
        @{ Type = 'provider'; Command = { Get-MarketDataProvider -Name Sample }; Shows = '*Name*Calls*Sample*' }
        @{ Type = 'setting'; Command = { Get-MarketCacheConfig -Key cache.memory.max_size }; Shows = '*Key*Value*cache.memory.max_size*1000*' }
        @{ Type = 'session'; Command = { Get-MarketSession -Calendar XNYS -Start 2024-07-03 -End 2024-07-03 }; Shows = '*Open*Close*2024-07-03 17:00*' }
        @{ Type = 'state'; Command = { Get-MarketSession -Calendar XLON }; Shows = '*Next open*XLON*' }
        @{ Type = 'report'; Command = { Clear-MarketCache -Ticker NOSUCH -PassThru }; Shows = '*Series removed*' }
    ) {
        $text = & $Command | Out-String -Width 80

        $text | Should -BeLike $Shows
        $text | Should -Not -Match "`e"
        $text -split '\r?\n' | ForEach-Object { $_.Length } | Measure-Object -Maximum | ForEach-Object Maximum | Should -BeLessOrEqual 80
    }

    It 'shows a day as a day in a list: <Type>' -ForEach @(
        @{ Type = 'row'; Command = { Get-MarketData -Ticker AAPL @Year | Select-Object -First 1 }; Shows = '*Date*: 2020-01-02*' }
        @{ Type = 'value'; Command = { Get-MarketData -Ticker AAPL -DataType ADJUSTED_CLOSE @Year | Select-Object -First 1 }; Shows = '*DataType*: ADJUSTED_CLOSE*Date*: 2020-01-02*' }
        @{ Type = 'session'; Command = { Get-MarketSession XNYS -Start 2024-07-03 }; Shows = '*Date*: 2024-07-03*Open*: 2024-07-03 13:30*' }
    ) {
        $text = & $Command | Format-List | Out-String

        $text | Should -BeLike $Shows
        $text | Should -Not -BeLike '*Date*00:00*Open*'
    }

    It 'keeps where a setting was made in 80 columns' {
        $long = Get-MarketCacheConfig | Sort-Object -Property { $_.Key.Length } | Select-Object -Last 1
        Set-MarketCacheConfig -Key cache.memory.max_size -Value 77
        $text = Get-MarketCacheConfig -Key cache.memory.max_size, $long.Key | Out-String -Width 80
        Set-MarketCacheConfig -Key cache.memory.max_size -Reset

        $text | Should -BeLike '*Source*runtime*'
    }

    It 'keeps numbers as numbers' {
        $row = Get-MarketData -Ticker AAPL @Year | Select-Object -First 1

        $row.Close | Should -BeOfType [double]
        $row.Volume | Should -BeOfType [long]
    }
}
