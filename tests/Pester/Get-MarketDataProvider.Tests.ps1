BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Get-MarketDataProvider' {
    It 'lists the providers that come with the module' {
        (Get-MarketDataProvider).Name | Should -Contain 'Yahoo'
        (Get-MarketDataProvider).Name | Should -Contain 'Sample'
    }

    It 'tells of one by its name, in any case' {
        $provider = Get-MarketDataProvider -Name sample

        $provider.Name | Should -Be 'Sample'
        $provider.State | Should -Be 'Ready'
        $provider.DataTypes | Should -Contain 'OHLCV'
    }

    It 'counts the calls' {
        Clear-MarketCache
        $before = (Get-MarketDataProvider -Name Sample).Calls
        $null = Get-MarketData -Ticker AAPL @Year
        $null = Get-MarketData -Ticker AAPL @Year

        (Get-MarketDataProvider -Name Sample).Calls - $before | Should -Be 1
    }

    It 'tells what is left of a budget' {
        (Get-MarketDataProvider -Name AlphaVantage).BudgetLeft[0] | Should -BeLike '* of * per *'
    }

    It 'is an error for a name that is none' {
        Get-MarketDataProvider -Name Nope -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
    }
}
