BeforeDiscovery {
    $periods = @(
        @{ Period = '7d'; Since = '7d' }, @{ Period = '30m'; Since = '30m' }, @{ Period = '1y'; Since = '1y' }, @{ Period = 'a day'; Since = '2020-01-01' }
        @{ Period = 'a moment'; Since = [datetime]::Now.AddHours(-5) }, @{ Period = 'a time span ago'; Since = [timespan] '2.00:00:00' }
    )
}

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
}

Describe 'Get-CacheStats' {
    It 'counts requests, hits and calls' {
        $before = Get-CacheStats
        $null = Get-MarketData -Ticker AAPL @Year
        $null = Get-MarketData -Ticker AAPL @Year
        $after = Get-CacheStats

        $after.Requests - $before.Requests | Should -Be 2
        $after.Hits - $before.Hits | Should -Be 1
        $after.ProviderCalls - $before.ProviderCalls | Should -Be 1
        $after.AllSessions | Should -BeFalse
    }

    It 'counts other processes too with -Since' {
        # What another process has counted is in the folder when it has ended.
        $before = Get-CacheStats -Since all
        $null = Invoke-Process '$null = Get-MarketData -Ticker OTHER -Provider Sample -Last 1w -WarningAction Ignore'
        $after = Get-CacheStats -Since all

        $after.AllSessions | Should -BeTrue
        $after.Requests - $before.Requests | Should -Be 1
    }

    It 'counts since <Period>' -ForEach $periods {
        (Get-CacheStats -Since $Since).Requests | Should -Be (Get-CacheStats -Since all).Requests
    }

    It 'knows of nothing in days to come' {
        (Get-CacheStats -Since ([datetime]::UtcNow.AddDays(2))).Requests | Should -Be 0
    }

    It 'refuses <Command> with <Id>' -ForEach @(
        @{ Command = { Get-CacheStats -Since 7d -Format Prometheus }; Id = 'ConflictingParameters' }
        @{ Command = { Get-CacheStats -Since soon }; Id = 'ParameterArgumentTransformationError' }
        @{ Command = { Get-CacheStats -Since 7x }; Id = 'ParameterArgumentTransformationError' }
    ) {
        $Command | Should -Throw -ErrorId "$Id,*"
    }

    It 'is shown as the status page that it is as a text' {
        $stats = Get-CacheStats

        ($stats | Out-String).Trim().ReplaceLineEndings() | Should -Be "$stats".Trim().ReplaceLineEndings()
        "$stats" | Should -BeLike 'Market cache: this process since *'
    }

    It 'shows a tier that is switched off' {
        Set-MarketCacheConfig -Key cache.memory.enabled -Value false
        try {
            Get-CacheStats | Out-String | Should -BeLike '*Memory   switched off*'
        }
        finally {
            Set-MarketCacheConfig -Key cache.memory.enabled -Reset
        }
    }

    It 'has the properties that the documents tell of, and no others' {
        $page = Get-Content -LiteralPath (Join-Path -Path $Root -ChildPath 'docs/statistics.md')
        $end = [array]::FindIndex([string[]] $page, [Predicate[string]] { $args[0].StartsWith('Of each tier') })
        $told = $page[0..$end] | Where-Object { $_.StartsWith('| `') } | ForEach-Object { $_.Split('|')[1].Split(',') } | ForEach-Object { $_.Trim().Trim('`') }
        $stats = Get-CacheStats

        $stats.PSObject.Properties.Name | Sort-Object | Should -Be ($told | Sort-Object)
        foreach ($name in $stats.Tiers[0].PSObject.Properties.Name) {
            "$page".Contains("``$name``") | Should -BeTrue -Because $name
        }
    }

    It 'becomes JSON' {
        $null = Get-MarketData -Ticker AAPL @Year
        $json = Get-CacheStats | ConvertTo-Json -Depth 4 | ConvertFrom-Json

        $json.Requests | Should -BeGreaterThan 0
        $json.Tiers[0].Tier | Should -Be 'Memory'
    }
}
