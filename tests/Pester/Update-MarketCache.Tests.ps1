BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
}

Describe 'Update-MarketCache' {
    It 'refreshes a watch list from a file and counts what failed' {
        $list = Join-Path -Path $TestDrive -ChildPath 'list.txt'
        Set-Content -LiteralPath $list -Value 'AAPL', '# a comment', '', 'MSFT, Microsoft', 'NO!SUCH'

        $report = Update-MarketCache -Path $list -Provider Sample -Last 1mo -PassThru -ErrorAction SilentlyContinue -WarningAction Ignore

        $report.Series | Should -Be 3
        $report.Updated | Should -Be 2
        $report.Failed | Should -Be 1
    }

    It 'reads <Name>' -ForEach @(
        @{ Name = 'a CSV file by its column Ticker'; Lines = '"Name","Ticker","Weight"', '"Apple, Inc.","AAPL",0.5', '"Microsoft","MSFT",0.5' }
        @{ Name = 'a CSV file by its column Symbol'; Lines = 'Weight;Symbol', '0,5;AAPL', '0,5;MSFT' }
        @{ Name = 'a CSV file without headers'; Lines = 'AAPL,0.5', 'MSFT,0.5', 'aapl,0.1' }
        @{ Name = 'a list with a heading'; Lines = '#TYPE x', 'Ticker', 'AAPL # a comment', '', 'MSFT' }
    ) {
        $list = Join-Path -Path $TestDrive -ChildPath 'list.csv'
        Set-Content -LiteralPath $list -Value $Lines
        Register-MarketDataProvider -Name Desk -Local -ScriptBlock { param($Request) $script:seen += $Request.Ticker; @{ Date = $Request.End; Value = 1 } }
        $script:seen = @()

        $report = Update-MarketCache -Path $list -Provider Desk -DataType VOLUME -Last 5d -PassThru -Force
        Unregister-MarketDataProvider -Name Desk

        $report.Series, $report.Failed, $report.ExitCode | Should -Be 2, 0, 0
        $seen | Sort-Object | Should -Be 'AAPL', 'MSFT'
    }

    It 'says what it can be given where it is given nothing' {
        $report = Update-MarketCache -PassThru -ErrorAction SilentlyContinue -ErrorVariable problem

        Get-ErrorId $problem[0] | Should -Be 'TickerRequired'
        "$problem" | Should -BeLike '*-Path*-RecentDays*'
        $report.Failed, $report.ExitCode | Should -Be 1, 2
    }

    It 'has exit code <Code> where <What>' -ForEach @(
        @{ What = 'nothing fails'; Code = 0; Command = { 'AAPL' | Update-MarketCache -Provider Sample -Last 5d -PassThru } }
        @{ What = 'some fail'; Code = 2; Command = { 'AAPL', 'NO!SUCH' | Update-MarketCache -Provider Sample -Last 5d -PassThru } }
        @{ What = 'all of 256 fail'; Code = 2; Command = { 1..256 | ForEach-Object { "NO!$_" } | Update-MarketCache -Provider Sample -Last 5d -PassThru } }
        @{ What = 'the list is empty'; Code = 1; Command = { Set-Content -LiteralPath TestDrive:/empty.txt -Value '# none'; Update-MarketCache -Path TestDrive:/empty.txt -Provider Sample -PassThru } }
        @{ What = 'there is no list'; Code = 1; Command = { Update-MarketCache -Path TestDrive:/no/list.txt -Provider Sample -PassThru } }
        @{ What = 'the path is a URI'; Code = 1; Command = { Update-MarketCache -Path file:///list.txt -Provider Sample -PassThru } }
    ) {
        $ErrorActionPreference = 'SilentlyContinue'
        $report = & $Command 3>$null

        $report.ExitCode | Should -Be $Code
    }

    It 'counts calls of requests that fail' {
        Register-MarketDataProvider -Name Fails -Local -Setting @{ retries = 0 } -ScriptBlock { param($Request) throw [MarketCache.ProviderException]::new('BadRequest', 'no') }

        $report = 'A', 'B' | Update-MarketCache -Provider Fails -DataType VOLUME -Last 5d -PassThru -ErrorAction SilentlyContinue
        Unregister-MarketDataProvider -Name Fails

        $report.Failed, $report.ProviderCalls | Should -Be 2, 2
    }

    It 'leaves what is fresh' {
        $report = 'AAPL', 'MSFT' | Update-MarketCache -Provider Sample -Last 1mo -PassThru -WarningAction Ignore

        $report.Fresh | Should -Be 2
        $report.ProviderCalls | Should -Be 0
    }

    It 'refreshes what was asked for lately, and not what was only refreshed' {
        $null = Get-MarketData -Ticker GOOG, AMZN -Provider Sample -Last 1mo -WarningAction Ignore

        $report = Update-MarketCache -RecentDays 7 -DataType OHLCV -PassThru -WarningAction Ignore

        $report.Series | Should -Be 2
        $report.Failed | Should -Be 0
    }

    It 'takes the rows of a table' {
        $table = 'Symbol,DataType', 'IBM,DIVIDEND', 'IBM,OHLCV' | ConvertFrom-Csv

        ($table | Update-MarketCache -Provider Sample -Last 1mo -PassThru -WarningAction Ignore).Series | Should -Be 2
    }

    It 'leaves series of a provider that is gone, with one warning' {
        Clear-MarketCache
        Register-MarketDataProvider -Name Gone -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Open = 1; High = 2; Low = 1; Close = 2; Volume = 5 } }
        $null = Get-MarketData -Ticker AAPL, MSFT -Provider Gone -Start 2024-01-03 -End 2024-01-03
        $null = Get-MarketData -Ticker AAPL -Provider Sample -Last 1mo -WarningAction Ignore
        Unregister-MarketDataProvider -Name Gone

        $report = Update-MarketCache -RecentDays 7 -DataType OHLCV -PassThru -WarningVariable said -WarningAction SilentlyContinue -ErrorVariable wrong

        $report.Series | Should -Be 1
        $report.Failed | Should -Be 0
        @($said -match "2 cached series of the provider 'Gone' are not updated").Count | Should -Be 1
        $wrong | Should -BeNullOrEmpty
    }

    It 'asks again with the parameters that were asked with' {
        Clear-MarketCache
        Register-MarketDataProvider -Name Venue -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = 1 } }
        $null = Get-MarketData -Ticker V -Provider Venue -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 -Parameter @{ venue = 'x' }

        $report = Update-MarketCache -RecentDays 7 -PassThru
        $entries = @(Get-MarketCacheEntry)
        Unregister-MarketDataProvider -Name Venue

        $report.Series | Should -Be 1
        $report.Failed | Should -Be 0
        $entries.Count | Should -Be 1
        $entries[0].Parameters['venue'] | Should -Be 'x'
    }

    It 'does nothing with -WhatIf' {
        $report = Update-MarketCache -Ticker WHAT -Provider Sample -PassThru -WhatIf

        $report.Series | Should -Be 0
        Get-MarketCacheEntry -Ticker WHAT | Should -BeNullOrEmpty
    }

    It 'shows progress of a slow list and takes it away' {
        # A session of its own, whose progress stream can be read.
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
            param($Manifest)
            Import-Module -Name $Manifest
            Register-MarketDataProvider -Name Slow -Local -Setting @{ concurrency = 1 } -ScriptBlock {
                param($Request)
                [System.Threading.Thread]::Sleep(200)
                @{ Date = $Request.Start; Value = 1 }
            }
            Update-MarketCache -Ticker S1, S2, S3, S4, S5, S6 -Provider Slow -DataType VOLUME -Last 1w
            Unregister-MarketDataProvider -Name Slow
        }).AddArgument($Manifest).Invoke()
        $records = @($shell.Streams.Progress | Where-Object Activity -EQ 'Updating the cache')
        $shell.Dispose()

        $records.Count | Should -BeGreaterThan 1
        $records[-1].RecordType | Should -Be 'Completed'
    }
}
