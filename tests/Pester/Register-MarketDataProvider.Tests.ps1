BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
    $day = @{ DataType = 'VOLUME'; Start = '2024-01-03'; End = '2024-01-03' }
}

Describe 'Register-MarketDataProvider' {
    It 'refuses a blank name with one error' {
        Register-MarketDataProvider -Name ' ' -ScriptBlock { } -ErrorAction SilentlyContinue -ErrorVariable wrong

        Get-ErrorId $wrong[0] | Should -Be 'InvalidProviderName'
    }

    It 'has a script that warns as the command that asks is told to' {
        Register-MarketDataProvider -Name Loud -Local -ScriptBlock { param($Request) Write-Warning 'loud'; @{ Date = $Request.Start; Value = 1 } }
        $ask = @{ Provider = 'Loud'; DataType = 'VOLUME'; Start = '2024-01-03'; End = '2024-01-03'; Force = $true }
        $spoken = Get-MarketData -Ticker L @ask 3>&1 | Where-Object { "$_" -eq 'loud' }
        $quiet = foreach ($action in 'SilentlyContinue', 'Ignore') { Get-MarketData -Ticker L @ask -WarningAction $action 3>&1 | Where-Object { "$_" -eq 'loud' } }
        Unregister-MarketDataProvider -Name Loud

        @($spoken).Count | Should -Be 1
        $quiet | Should -BeNullOrEmpty
    }

    It 'makes a script a provider that is asked once' {
        $script:calls = 0
        Register-MarketDataProvider -Name Mine -Local -ScriptBlock {
            param($Request)
            $script:calls++
            @{ Date = $Request.Start; Value = 7 }
        }

        (Get-MarketData -Ticker A -Provider Mine @day).Value | Should -Be 7
        (Get-MarketData -Ticker A -Provider Mine @day).Value | Should -Be 7
        $calls | Should -Be 1
    }

    It 'replaces the provider of the same name' {
        Register-MarketDataProvider -Name Mine -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 8 } }

        (Get-MarketData -Ticker B -Provider Mine @day).Value | Should -Be 8
    }

    It 'sets up a built-in type under a name of one''s own' {
        $state = Register-MarketDataProvider -Name Slow -Type Tiingo -ApiKey 'some key' -Setting @{ budget = @{ per_day = 7 } } -PassThru

        $state.Type | Should -Be 'Tiingo'
        $state.BudgetLeft | Should -Be '7 of 7 per day'
        $state.State | Should -Be 'Ready'
    }

    It 'keeps what was set up when the configuration changes' {
        Register-MarketDataProvider -Name Slow -Type Tiingo -ApiKey 'some key' -Setting @{ budget = @{ per_day = 7 } }
        Register-MarketDataProvider -Name Mine -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 9 } }
        Set-MarketCacheConfig -Key cache.memory.enabled -Value $false

        try {
            (Get-MarketDataProvider -Name Slow).BudgetLeft | Should -Be '7 of 7 per day'
            (Get-MarketData -Ticker C -Provider Mine @day).Value | Should -Be 9
        }
        finally {
            Set-MarketCacheConfig -Key cache.memory.enabled -Reset
        }
    }

    It 'lets a script ask its own provider' {
        Register-MarketDataProvider -Name Spread -Local -Setting @{ concurrency = 1 } -ScriptBlock {
            param($Request)
            if ($Request.Ticker -ne 'SUM') { return @{ Date = $Request.Start; Value = 41 } }
            @{ Date = $Request.Start; Value = 1 + (Get-MarketData -Ticker PART -Provider Spread -DataType VOLUME -Start $Request.Start -End $Request.End).Value }
        }

        (Get-MarketData -Ticker SUM -Provider Spread @day).Value | Should -Be 42
    }

    It 'lets a script ask for what is being asked beside it, with room for <_>' -ForEach 1, 8 {
        Register-MarketDataProvider -Name Wide -Local -Setting @{ concurrency = $_ } -ScriptBlock {
            param($Request)
            if ($Request.Ticker -ne 'SUM') { return @{ Date = $Request.Start; Value = 41 } }
            @{ Date = $Request.Start; Value = 1 + (Get-MarketData -Ticker PART -Provider Wide -DataType VOLUME -Start $Request.Start -End $Request.End).Value }
        }

        Clear-MarketCache
        (Get-MarketData -Ticker SUM, PART, REST -Provider Wide @day).Value | Should -Be 42, 41, 41
    }

    It 'lets a pipeline ask for more of the same provider between its answers' {
        Register-MarketDataProvider -Name Narrow -Local -Setting @{ concurrency = 1 } -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 41 } }

        $pairs = Get-MarketData -Ticker D, E, F, G -Provider Narrow @day | ForEach-Object {
            $outer = $_.Ticker
            Get-MarketData -Ticker G, F, H -Provider Narrow @day | ForEach-Object { $outer + $_.Ticker }
        }

        $pairs | Should -Be 'DG', 'DF', 'DH', 'EG', 'EF', 'EH', 'FG', 'FF', 'FH', 'GG', 'GF', 'GH'
    }

    It 'finds a script that asks for what it is asked for' {
        Register-MarketDataProvider -Name Circle -Local -ScriptBlock {
            param($Request)
            Get-MarketData -Ticker $Request.Ticker -Provider Circle -DataType VOLUME -Start $Request.Start -End $Request.End
        }
        Get-MarketData -Ticker A -Provider Circle @day -ErrorAction SilentlyContinue -ErrorVariable wrong

        Get-ErrorId $wrong[0] | Should -Be 'ProviderBadRequest'
    }

    It 'refuses a setting that would be without effect' {
        Register-MarketDataProvider -Name Refused -Setting @{ budget = @{ per_minut = 60 } } -ScriptBlock { } -ErrorAction SilentlyContinue -ErrorVariable wrong

        Get-ErrorId $wrong[0] | Should -Be 'InvalidProviderSettings'
        "$wrong" | Should -BeLike "*did you mean 'per_minute'*"
        (Get-MarketDataProvider).Name | Should -Not -Contain 'Refused'
    }

    It 'does nothing with -WhatIf' {
        Register-MarketDataProvider -Name Never -ScriptBlock { } -WhatIf

        (Get-MarketDataProvider).Name | Should -Not -Contain 'Never'
    }
}

AfterAll {
    foreach ($name in 'Mine', 'Slow', 'Spread', 'Wide', 'Narrow', 'Circle') {
        Unregister-MarketDataProvider -Name $name -ErrorAction Ignore
    }
}
