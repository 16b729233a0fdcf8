BeforeDiscovery {
    . "$PSScriptRoot/Setup.ps1"
    # What asks a service on the internet, writes where only an administrator may or opens a window is read by the other tests, not run.
    $names = (Get-Command -Module MarketCache).Name
    $examples = foreach ($name in $names) {
        $number = 0
        foreach ($example in (Get-Help -Name $name).examples.example) {
            $number++
            if ($example.code -notmatch 'Tiingo|/var/lib|Invoke-Item') {
                @{ Name = $name; Number = $number; Code = $example.code }
            }
        }
    }
}

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Help of <_>' -ForEach $names {
    BeforeAll {
        $name = $_
        $help = Get-Help -Name $name -Full
    }

    It 'has a synopsis, a description and two examples' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike '*<CommonParameters>*'
        $help.description | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        ($help | Out-String).Length | Should -BeGreaterThan 500
    }

    It 'describes every parameter' {
        $described = ($help.parameters.parameter | Where-Object description).name
        $common = [System.Management.Automation.Cmdlet]::CommonParameters

        foreach ($parameter in (Get-Command -Name $name).Parameters.Keys | Where-Object { $_ -notin $common }) {
            $described | Should -Contain $parameter
        }
    }

    It 'has examples that name only parameters that there are' {
        foreach ($example in $help.examples.example) {
            $problems = $null
            $ast = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty
            foreach ($command in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $known = (Get-Command -Name $command.GetCommandName()).Parameters.Keys
                foreach ($parameter in $command.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] }) {
                    $known | Should -Contain $parameter.ParameterName
                }
            }
        }
    }
}

Describe 'Help topics' {
    It 'include <_>' -ForEach 'about_MarketCache', 'about_MarketCache_Configuration', 'about_MarketCache_Freshness' {
        Get-Help -Name $_ | Out-String | Should -BeLike "*$_*"
    }
}

Describe 'Help examples' {
    BeforeAll {
        Push-Location -LiteralPath $TestDrive
        Set-Content -LiteralPath watchlist.txt -Value 'AAPL', 'MSFT'

        # Every data type is answered by made-up values, so that no example needs a network.
        $types = 'OHLCV', 'DIVIDEND', 'TREASURY_3M', 'SPLIT', 'ADJUSTED_CLOSE', 'VOLUME' | ForEach-Object { "    ${_}: { providers: [Sample] }" }
        $made = @('cache:', '  data_types:') + $types
        Set-Content -LiteralPath cache_config.yaml -Value ($made + @('environments:', '  prod:', '    cache: { memory: { max_size: 500 } }'))
        Set-Content -LiteralPath own.yaml -Value $made
        $env:MARKETCACHE_CONFIG = Join-Path -Path $TestDrive -ChildPath 'own.yaml'
        Import-MarketCacheConfig
    }

    It '<Name>, example <Number>' -ForEach $examples {
        Clear-MarketCache
        $null = Get-MarketData -Ticker AAPL, MSFT -Last 1mo -WarningAction Ignore
        $null = Export-MarketCache -Path ./cache.zip

        # As a user pastes it; but an exit would end the tests.
        $run = [scriptblock]::Create(($Code -replace '\bexit\b', 'return'))

        { $ErrorActionPreference = 'Stop'; & $run } | Should -Not -Throw
    }

    AfterAll {
        $env:MARKETCACHE_CONFIG = $null
        Get-MarketDataProvider | Where-Object Type -EQ 'Script' | Unregister-MarketDataProvider
        Get-MarketCacheConfig | Where-Object Source -EQ 'runtime' | ForEach-Object { Set-MarketCacheConfig -Key $_.Key -Reset }
        Remove-Item -LiteralPath (Join-Path -Path $env:XDG_CONFIG_HOME -ChildPath 'marketcache/config.yaml') -ErrorAction Ignore
        Import-MarketCacheConfig
        Pop-Location
    }
}
