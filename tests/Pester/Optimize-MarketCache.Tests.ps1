BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $null = Get-MarketData -Ticker AAPL @Year
}

Describe 'Optimize-MarketCache' {
    It 'says what it removed and leaves what is in use' {
        $report = Optimize-MarketCache

        $report.BytesFreed | Should -BeGreaterOrEqual 0
        Clear-MarketCache -Tier Memory
        (Get-MarketData -Ticker AAPL @Year -AsSeries).Status.RowsFromDisk | Should -Be 253
    }

    It 'does nothing with -WhatIf' {
        Optimize-MarketCache -WhatIf | Should -BeNullOrEmpty
    }
}
