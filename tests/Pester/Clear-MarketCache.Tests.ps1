BeforeAll {
    . "$PSScriptRoot/Setup.ps1"

    # Two frequencies and two sets of parameters of one ticker, and a neighbour.
    Register-MarketDataProvider -Name Two -Local -ScriptBlock {
        param($Request)
        for ($day = $Request.Start; $day -le $Request.End; $day = $day.AddDays(1)) { @{ Date = $day; Value = 1 } }
    }
    $days = @{ Provider = 'Two'; DataType = 'VOLUME'; Start = '2024-01-01'; End = '2024-02-29' }
}

Describe 'Clear-MarketCache' {
    BeforeEach {
        Clear-MarketCache
        $null = Get-MarketData -Ticker A, B @days
        $null = Get-MarketData -Ticker A @days -Parameter @{ venue = 'x' }
        $null = Get-MarketData -Ticker A @days -Frequency weekly
        $all = @(Get-MarketCacheEntry)
    }

    It 'forgets everything without parameters, and never asks' {
        Clear-MarketCache

        Get-MarketCacheEntry | Should -BeNullOrEmpty
    }

    It 'removes what all its parameters say' {
        Clear-MarketCache -Ticker A -Provider T*

        (Get-MarketCacheEntry).Ticker | Should -Be 'B'
    }

    It 'removes exactly the entries that are piped in, not other frequencies or parameters of their ticker' {
        $one = $all | Where-Object Key -Like '*venue*'

        ($one | Clear-MarketCache -PassThru).SeriesRemoved | Should -Be 1

        @(Get-MarketCacheEntry).Count | Should -Be ($all.Count - 1)
        Get-MarketCacheEntry -Key $one.Key | Should -BeNullOrEmpty
        (Get-MarketData -Ticker A @days -Offline -AsSeries).Count | Should -BeGreaterThan 0
    }

    It 'narrows what is piped in by its parameters' {
        ($all | Clear-MarketCache -Ticker B -PassThru).SeriesRemoved | Should -Be 1

        (Get-MarketCacheEntry).Ticker | Should -Not -Contain 'B'
    }

    It 'clears one tier and leaves the other' {
        Clear-MarketCache -Ticker A -Tier Memory

        (Get-MarketData -Ticker A @days -Offline -AsSeries).Status.RowsFromDisk | Should -BeGreaterThan 0
        (Get-MarketData -Ticker B @days -Offline -AsSeries).Status.RowsFromDisk | Should -Be 0
    }

    It 'has what it removed fetched anew' {
        Clear-MarketCache -Ticker B

        (Get-MarketData -Ticker B @days -AsSeries).Status.ProviderCalls | Should -Be 1
    }

    It 'changes nothing with -WhatIf' {
        Clear-MarketCache -WhatIf
        $all | Clear-MarketCache -WhatIf

        @(Get-MarketCacheEntry).Count | Should -Be $all.Count
    }
}

AfterAll {
    Unregister-MarketDataProvider -Name Two
}
