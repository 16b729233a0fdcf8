BeforeDiscovery {
    . "$PSScriptRoot/Setup.ps1"
}

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $null = Get-MarketData -Ticker AAPL @Year
}

Describe 'Import' {
    It 'may be repeated, forced and taken back' {
        Import-Module -Name $Manifest
        Import-Module -Name $Manifest -Force
        Remove-Module -Name MarketCache
        Get-Command -Name Get-MarketData -ErrorAction Ignore | Should -BeNullOrEmpty
        Import-Module -Name $Manifest

        (Get-MarketData -Ticker AAPL @Year).Count | Should -Be 253
    }

    It 'passes Test-ModuleManifest' {
        (Test-ModuleManifest -Path $Manifest).Name | Should -Be 'MarketCache'
    }
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
        $PSStyle.OutputRendering = 'PlainText'
        $text = & $Command | Out-String -Width 80

        $text | Should -BeLike $Shows
        $text | Should -Not -Match "`e"
        $text -split '\r?\n' | ForEach-Object { $_.Length } | Measure-Object -Maximum | ForEach-Object Maximum | Should -BeLessOrEqual 80
    }

    It 'keeps numbers as numbers' {
        $row = Get-MarketData -Ticker AAPL @Year | Select-Object -First 1
        $row.Close | Should -BeOfType [double]
        $row.Volume | Should -BeOfType [long]
        (Get-MarketCacheEntry -Ticker AAPL -DataType OHLCV).DiskBytes | Should -BeOfType [long]
    }

    It 'makes JSON of the statistics' {
        $json = Get-CacheStats | ConvertTo-Json -Depth 4 | ConvertFrom-Json

        $json.Requests | Should -BeGreaterThan 0
        $json.Tiers[0].Tier | Should -Be 'Memory'
    }
}

Describe 'Completion' {
    It 'completes <Line>' -ForEach @(
        @{ Line = 'Get-MarketData aap'; Expected = 'AAPL' }
        @{ Line = 'Get-MarketData AAPL -DataType treasury_3'; Expected = 'TREASURY_3M' }
        @{ Line = 'Get-MarketData AAPL -Provider sam'; Expected = 'Sample' }
        @{ Line = 'Get-MarketData AAPL -Frequency mon'; Expected = 'monthly' }
        @{ Line = 'Get-MarketSession -Calendar xlo'; Expected = 'XLON' }
        @{ Line = 'Set-MarketCacheConfig -Key cache.memory.max_size_'; Expected = 'cache.memory.max_size_mb' }
    ) {
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText | Should -Contain $Expected
    }
}

Describe 'Help' {
    It 'has <_> with two examples' -ForEach (Get-Command -Module MarketCache).Name {
        $help = Get-Help -Name $_ -Full

        $help.Synopsis | Should -Not -BeLike '*<CommonParameters>*'
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        ($help | Out-String).Length | Should -BeGreaterThan 500
    }

    It 'has <_>' -ForEach 'about_MarketCache', 'about_MarketCache_Configuration', 'about_MarketCache_Freshness' {
        Get-Help -Name $_ | Out-String | Should -BeLike "*$_*"
    }
}

AfterAll {
    Clear-MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
