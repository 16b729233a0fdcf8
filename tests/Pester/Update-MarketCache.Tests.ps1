BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    Clear-MarketCache
}

Describe 'Update-MarketCache' {
    It 'refreshes a watch list from a file and counts what failed' {
        $list = Join-Path -Path $TestDrive -ChildPath 'list.txt'
        Set-Content -LiteralPath $list -Value 'AAPL', '# a comment', 'MSFT, Microsoft', 'NO!SUCH'

        $report = Update-MarketCache -Path $list -Provider Sample -Last 1mo -PassThru -ErrorAction SilentlyContinue -WarningAction Ignore

        $report.Series | Should -Be 3
        $report.Updated | Should -Be 2
        $report.Failed | Should -Be 1
    }

    It 'takes the rows of a table' {
        $table = 'Symbol,DataType', 'IBM,DIVIDEND', 'IBM,OHLCV' | ConvertFrom-Csv

        ($table | Update-MarketCache -Provider Sample -Last 1mo -PassThru -WarningAction Ignore).Series | Should -Be 2
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

AfterAll {
    Clear-MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
