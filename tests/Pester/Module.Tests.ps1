BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'The manifest' {
    It 'is valid and exports what is compiled' {
        $compiled = [MarketCache.PowerShell.Commands.GetMarketDataCommand].Assembly.ExportedTypes |
            ForEach-Object { $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) } |
            ForEach-Object { "$($_.VerbName)-$($_.NounName)" } | Sort-Object

        (Test-ModuleManifest -Path $Manifest).ExportedCmdlets.Keys | Sort-Object | Should -Be $compiled
        (Get-Module -Name MarketCache).ExportedCommands.Keys | Sort-Object | Should -Be $compiled
    }

    It 'has a specification of each cmdlet' {
        foreach ($name in (Get-Command -Module MarketCache).Name) {
            Join-Path -Path $PSScriptRoot -ChildPath "$name.Tests.ps1" | Should -Exist
        }
    }
}

Describe 'The cmdlets' {
    It 'have approved verbs' {
        $approved = (Get-Verb).Verb

        foreach ($command in Get-Command -Module MarketCache) {
            $approved | Should -Contain $command.Verb
        }
    }

    It 'tell what they write, and have -WhatIf where they change anything' {
        foreach ($command in Get-Command -Module MarketCache) {
            $command.OutputType | Should -Not -BeNullOrEmpty -Because $command.Name
            if ($command.Verb -notin 'Get', 'Test', 'Show', 'Export') {
                $command.Parameters.Keys | Should -Contain 'WhatIf' -Because $command.Name
            }
        }
    }
}

Describe 'Errors' {
    It 'have an id of the page of errors: <Command>' -ForEach @(
        @{ Command = 'Export-MarketCache -Path HKLM:\x' }
        @{ Command = 'Export-MarketCache -Path file:///tmp/x.zip' }
        @{ Command = 'Import-MarketCache -Path Env:\x' }
        @{ Command = 'Import-MarketCacheConfig -Path HKLM:\x' }
        @{ Command = 'Show-MarketCache -Path https://example.org/x.html' }
        @{ Command = 'Update-MarketCache -Path HKLM:\x' }
        @{ Command = 'Import-MarketCache -Path TestDrive:/no.zip' }
        @{ Command = 'Get-MarketData AAPL -Start 03/04/2024' }
        @{ Command = 'Get-MarketData AAPL -MaxAge soon' }
        @{ Command = 'Get-CacheStats -Since whenever' }
        @{ Command = 'Get-MarketSession -Calendar XXXX' }
    ) {
        $known = [regex]::Matches((Get-Content -Raw -LiteralPath (Join-Path -Path $Root -ChildPath 'docs/errors.md')), '`(\w+)`').ForEach{ $_.Groups[1].Value }
        $wrong = @(try { & ([scriptblock]::Create($Command)) 2>&1 } catch { $_ })

        $wrong.Count | Should -Be 1
        $known | Should -Contain (Get-ErrorId $wrong[0])
    }

    It 'are no exceptions where an archive is damaged anywhere' {
        $null = Get-MarketData -Ticker AAPL, MSFT @Year
        $good = Join-Path -Path $TestDrive -ChildPath 'good.zip'
        $null = Export-MarketCache -Path $good
        $bytes = [System.IO.File]::ReadAllBytes($good)
        foreach ($part in 0..19) {
            $copy = $bytes.Clone()
            $at = [int] (($bytes.Length - 5) * $part / 19)
            foreach ($i in 0..3) { $copy[$at + $i] = $copy[$at + $i] -bxor 0x55 }
            $bad = Join-Path -Path $TestDrive -ChildPath "bad$part.zip"
            [System.IO.File]::WriteAllBytes($bad, $copy)
            Clear-MarketCache

            { Import-MarketCache -Path $bad -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable wrong } | Should -Not -Throw
            foreach ($record in $wrong) { Get-ErrorId $record | Should -Be 'InvalidArchive' }
        }
    }
}

Describe 'Import' {
    It 'may be repeated, forced and taken back' {
        $null = Get-MarketData -Ticker AAPL @Year
        Import-Module -Name $Manifest
        Import-Module -Name $Manifest -Force
        Remove-Module -Name MarketCache
        Get-Command -Name Get-MarketData -ErrorAction Ignore | Should -BeNullOrEmpty
        Import-Module -Name $Manifest

        (Get-MarketData -Ticker AAPL @Year).Count | Should -Be 253
    }

    It 'loads no engine, even when taken back and repeated; the first use does, apart from what a session has loaded' {
        $again = "Remove-Module -Name MarketCache; Import-Module -Name '$Manifest' -Force"
        $engine = '[System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq "MarketCache.Engine" } | ForEach-Object { [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }'

        # One process in which the import alone loads nothing shows that it is not the import that does.
        $expected = 'before', 'after', 'MarketCache.Engine'
        foreach ($attempt in 1..3) {
            $said = Invoke-Process "$again; 'before'; $engine; `$null = Get-CacheStats; $again; `$null = Get-CacheStats; 'after'; $engine"
            if ("$said" -eq "$expected") { break }
        }

        $said | Should -Be $expected
    }

    It 'works in constrained language' {
        $lines = Invoke-Process -NoImport @"
`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
Import-Module '$Manifest'
`$ask = @{ Ticker = 'AAPL'; Provider = 'Sample'; Start = '2020-01-02'; End = '2020-01-31'; WarningAction = 'Ignore' }
(Get-MarketData @ask).Count
`$series = Get-MarketData @ask -AsSeries
`$series.Ticker, `$series.DataType, `$series.Count, `$series.Status.ProviderCalls -join ' '
(Get-CacheStats).Tiers.Count -gt 0
(Set-MarketCacheConfig cache.memory.max_size 50 -PassThru).Value
(Get-MarketCacheEntry AAPL -DataType OHLCV).Rows -ge 21
Clear-MarketCache
`$ExecutionContext.SessionState.LanguageMode
`$series
"@

        $lines[0..5] | Should -Be '21', 'AAPL OHLCV 21 0', 'True', '50', 'True', 'ConstrainedLanguage'
        "$($lines[6..99])" | Should -BeLike '*AAPL*'
    }
}

Describe 'A process of its own' {
    BeforeAll {
        $ask = 'Get-MarketData -Ticker AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-31 -WarningAction Ignore -AsSeries | ForEach-Object { $_.Count, $_.Status.RowsFromMemory, $_.Status.RowsFromDisk, $_.Status.ProviderCalls -join " " }'
    }

    BeforeEach {
        Clear-MarketCache
        $names = 'HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'MARKETCACHE_CACHE_DIR', 'MARKETCACHE_CONFIG', 'LC_ALL', 'TZ'
        $kept = $names | ForEach-Object { @{ Name = $_; Value = [System.Environment]::GetEnvironmentVariable($_) } }
    }

    AfterEach {
        foreach ($variable in $kept) {
            [System.Environment]::SetEnvironmentVariable($variable.Name, $variable.Value)
        }
    }

    It 'answers from the provider, then from memory, and the next process from disk' {
        Invoke-Process "$ask; $ask" | Should -Be '21 0 0 1', '21 21 0 0'
        Invoke-Process $ask | Should -Be '21 0 21 0'
    }

    It 'ends with exit code <Code> after "<Script>"' -ForEach @(
        @{ Script = 'Get-MarketSession -Calendar XXXX'; Code = 1 }
        @{ Script = 'Get-MarketSession -Calendar XXXX; $null = Get-MarketSession -Calendar XNYS'; Code = 0 }
    ) {
        $null = Invoke-Process $Script

        $LASTEXITCODE | Should -Be $Code
    }

    It 'writes plain text when redirected, and never asks' {
        # Standard input is closed and nobody is there: what would ask would fail.
        $text = Invoke-Process @'
$ProgressPreference = 'Continue'
Get-MarketData -Ticker AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore
Get-CacheStats
Get-MarketDataProvider
Clear-MarketCache
Optimize-MarketCache
Unregister-MarketDataProvider -Name Sample
@(Get-MarketCacheEntry).Count
'@

        $LASTEXITCODE | Should -Be 0
        "$text" | Should -Not -Match "`e"
        @($text | Where-Object { $_.Trim() })[-1] | Should -Be '0'
    }

    It 'reads the same under <Culture> and another time zone' -ForEach @(
        @{ Locale = 'de_DE.UTF-8'; Culture = 'de-DE' }
        @{ Locale = 'tr_TR.UTF-8'; Culture = 'tr-TR' }
        @{ Locale = 'ar_SA.UTF-8'; Culture = 'ar-SA' }
    ) {
        $env:LC_ALL = $Locale
        $env:TZ = 'Pacific/Auckland'
        $first = Invoke-Process @"
[System.Globalization.CultureInfo]::CurrentCulture.Name
$ask
(Set-MarketCacheConfig -Key cache.memory.max_size_mb -Value 12.5 -PassThru).Value | ForEach-Object { "`$_" }
(Get-MarketData -Ticker INDIGO -Provider Sample -Start 2020-01-02 -End 2020-01-02 -WarningAction Ignore).Date.ToString('s', [cultureinfo]::InvariantCulture)
(Get-MarketDataProvider -Name sample).Name
"@

        # A machine without the locale says so; .NET has it all the same.
        $first | Where-Object { $_ -notlike '*setlocale*' } | Should -Be $Culture, '21 0 0 1', '12.5', '2020-01-02T00:00:00', 'Sample'
        Get-MarketData -Ticker indigo -Provider Sample -Start 2020-01-02 -End 2020-01-02 -Offline | ForEach-Object Ticker | Should -Be 'INDIGO'
    }

    It 'answers from memory where the home cannot be written, and says so once' {
        # A file where the home should be: nobody can make a folder below it, not even the superuser. Only from here on, since
        # PowerShell itself does not start without a home that it can write.
        $file = Join-Path -Path $TestDrive -ChildPath 'file'
        Set-Content -LiteralPath $file -Value ''

        Invoke-Process @"
foreach (`$name in 'HOME', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME') {
    [System.Environment]::SetEnvironmentVariable(`$name, '$file/' + `$name)
}
$ask
$ask
(Get-CacheStats).Warnings.Count
Set-MarketCacheConfig -Key cache.memory.max_size -Value 50 -Persist -ErrorAction SilentlyContinue -ErrorVariable wrong
`$wrong.Count
"@ | Should -Be '21 0 0 1', '21 21 0 0', '1', '1'
    }

    It 'needs no home where it is given a cache folder' {
        $env:HOME = $env:XDG_CACHE_HOME = $env:XDG_CONFIG_HOME = $null
        $env:MARKETCACHE_CACHE_DIR = Join-Path -Path $TestDrive -ChildPath 'there'

        Invoke-Process $ask | Should -Be '21 0 0 1'
        Invoke-Process $ask | Should -Be '21 0 21 0'
        Join-Path -Path $TestDrive -ChildPath 'there/CACHEDIR.TAG' | Should -Exist
    }

    It 'goes on with the defaults, and one error, where the file of settings is wrong' {
        $env:MARKETCACHE_CONFIG = Join-Path -Path $TestDrive -ChildPath 'wrong.yaml'
        Set-Content -LiteralPath $env:MARKETCACHE_CONFIG -Value 'cache:', '  memory:', '    max_sze: 5'

        $lines = Invoke-Process @'
$rows = Get-MarketData -Ticker AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningAction Ignore -ErrorAction SilentlyContinue -ErrorVariable wrong
$rows.Count
$wrong.Count
"$wrong"
'@

        $lines[0..1] | Should -Be '2', '1'
        $lines[2] | Should -BeLike '*wrong.yaml line 3*max_size*'
    }
}
