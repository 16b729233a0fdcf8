BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Unregister-MarketDataProvider' {
    BeforeEach {
        Register-MarketDataProvider -Name Gone -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 1 } }
    }

    It 'takes a provider away' {
        Unregister-MarketDataProvider -Name Gone

        (Get-MarketDataProvider).Name | Should -Not -Contain 'Gone'
    }

    It 'takes names from the pipeline' {
        Get-MarketDataProvider -Name Gone | Unregister-MarketDataProvider

        (Get-MarketDataProvider).Name | Should -Not -Contain 'Gone'
    }

    It 'takes wildcards, and nothing that matches is no error' {
        Register-MarketDataProvider -Name GoneToo -Local -ScriptBlock { }
        Unregister-MarketDataProvider -Name 'gone*', 'NoSuch*' -ErrorAction Stop

        (Get-MarketDataProvider).Name | Should -Not -Contain 'Gone'
        (Get-MarketDataProvider).Name | Should -Not -Contain 'GoneToo'
        (Get-MarketDataProvider).Name | Should -Contain 'Yahoo'
    }

    It 'does nothing with -WhatIf' {
        Unregister-MarketDataProvider -Name Gone -WhatIf

        (Get-MarketDataProvider).Name | Should -Contain 'Gone'
        Unregister-MarketDataProvider -Name Gone
    }

    It 'is one error for a name that is none' {
        Unregister-MarketDataProvider -Name Gone
        Unregister-MarketDataProvider -Name Gone -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'UnknownProvider'
        $wrong[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }
}
