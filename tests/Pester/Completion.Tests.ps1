BeforeAll {
    . "$PSScriptRoot/Setup.ps1"

    function Get-Completion {
        param([string] $Line)

        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
    }
}

Describe 'Completion' {
    It 'completes "<Line>" to <Expected>' -ForEach @(
        @{ Line = 'Get-MarketData AAPL -DataType treasury_3'; Expected = 'TREASURY_3M' }
        @{ Line = 'Get-MarketData AAPL -DataType 10Y'; Expected = 'TREASURY_10Y' }
        @{ Line = 'Get-MarketData AAPL -Provider s'; Expected = 'Sample' }
        @{ Line = 'Get-MarketData AAPL -Frequency mon'; Expected = 'monthly' }
        @{ Line = 'Get-MarketData AAPL -Last y'; Expected = 'ytd' }
        @{ Line = 'Get-MarketSession xn'; Expected = 'XNYS' }
        @{ Line = 'Set-MarketCacheConfig cache.memory.max_size_'; Expected = 'cache.memory.max_size_mb' }
        @{ Line = 'Set-MarketCacheConfig cache.memory.enabled f'; Expected = 'false' }
        @{ Line = 'Set-MarketCacheConfig cache.log.level d'; Expected = 'debug' }
        @{ Line = 'Set-MarketCacheConfig cache.providers.Mine.type c'; Expected = 'Csv' }
        @{ Line = 'Set-MarketCacheConfig cache.providers.Yahoo.enabled f'; Expected = 'false' }
        @{ Line = 'Set-MarketCacheConfig cache.memory.max_size_mb '; Expected = '100' }
        @{ Line = 'Set-MarketCacheConfig -Key cache.disk.enabled -Value '; Expected = 'true' }
        @{ Line = 'Clear-MarketCache -DataType div'; Expected = 'DIVIDEND' }
        @{ Line = 'Clear-MarketCache -Tier m'; Expected = 'Memory' }
        @{ Line = 'Get-MarketCacheEntry -Calendar xlo'; Expected = 'XLON' }
    ) {
        Get-Completion $Line | Should -Contain $Expected
    }

    It 'completes tickers that are in memory and quotes odd ones' {
        Register-MarketDataProvider -Name Tab -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 1 } }
        $null = Get-MarketData -Ticker 'ZZTOP', 'ZZ/Q' -Provider Tab -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
        Unregister-MarketDataProvider -Name Tab

        Get-Completion 'Get-MarketData zz' | Should -Be "'ZZ/Q'", 'ZZTOP'
    }

    It 'completes tickers that are on disk, in a process that has not asked for any' {
        $null = Get-MarketData -Ticker DISKY @Year

        $offered = Invoke-Process "`$line = 'Get-MarketData dis'; (TabExpansion2 -inputScript `$line -cursorColumn `$line.Length).CompletionMatches.CompletionText"

        $offered | Should -Contain 'DISKY'
    }

    It 'offers nothing of its own where nothing fits' {
        Get-Completion 'Get-MarketData AAPL -DataType nosuchthing' | Should -Not -Contain 'TREASURY_3M'
    }
}
