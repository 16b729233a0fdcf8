BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Clear-MarketCache' {
    BeforeEach {
        Clear-MarketCache
        $null = Get-MarketData -Ticker AAPL, MSFT @Year
    }

    It 'removes what its parameters say' {
        Clear-MarketCache -Ticker AAPL

        (Get-MarketCacheEntry).Ticker | Select-Object -Unique | Should -Be 'MSFT'
    }

    It 'removes exactly the entries that are piped in' {
        $one = Get-MarketCacheEntry | Where-Object { $_.Ticker -eq 'AAPL' -and $_.DataType -eq 'OHLCV' }
        $before = @(Get-MarketCacheEntry).Count
        $one | Clear-MarketCache

        @(Get-MarketCacheEntry).Count | Should -Be ($before - 1)
        Get-MarketCacheEntry -Key $one.Key | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf and never prompts' {
        Clear-MarketCache -WhatIf
        @(Get-MarketCacheEntry).Count | Should -BeGreaterThan 0

        Clear-MarketCache
        @(Get-MarketCacheEntry).Count | Should -Be 0
    }

    It 'lists what goes first when sorted by age' {
        (Get-MarketCacheEntry | Sort-Object -Property LastFetch | Select-Object -First 1).LastFetch | Should -BeOfType [datetime]
    }
}

AfterAll {
    Clear-MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
