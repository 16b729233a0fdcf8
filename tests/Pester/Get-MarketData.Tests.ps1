BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Get-MarketData' {
    BeforeEach {
        Clear-MarketCache
    }

    It 'asks the provider once and answers the next request from memory' {
        $cold = Get-MarketData -Ticker AAPL @Year -AsSeries
        $warm = Get-MarketData -Ticker AAPL @Year -AsSeries

        $cold.Status.ProviderCalls | Should -Be 1
        $warm.Status.ProviderCalls | Should -Be 0
        $warm.Status.RowsFromMemory | Should -Be 253
    }

    It 'writes rows that the usual cmdlets understand' {
        $rows = Get-MarketData -Ticker AAPL @Year

        ($rows | Measure-Object -Property Close -Average).Count | Should -Be 253
        ($rows | Sort-Object -Property Close | Select-Object -First 1).Close | Should -BeLessOrEqual $rows[0].Close
        ($rows | Group-Object -Property { $_.Date.Month }).Count | Should -Be 12
        ($rows | Select-Object -First 1 | ConvertTo-Csv)[1] | Should -BeLike '"AAPL",*'
        ($rows | Select-Object -First 1 | ConvertTo-Json | ConvertFrom-Json).Ticker | Should -Be 'AAPL'
    }

    It 'takes tickers from the pipeline and from properties' {
        ('AAPL', 'MSFT' | Get-MarketData @Year -AsSeries).Ticker | Should -Be 'AAPL', 'MSFT'
        ([pscustomobject] @{ Symbol = 'IBM'; DataType = 'DIVIDEND' } | Get-MarketData @Year -AsSeries).DataType | Should -Be 'DIVIDEND'
    }

    It 'stops upstream work when Select-Object has enough' {
        $script:asked = 0
        Register-MarketDataProvider -Name Early -Local -Setting @{ concurrency = 1 } -ScriptBlock {
            param($Request)
            $script:asked++
            @{ Date = $Request.Start; Value = 1 }
        }
        $rows = 1..300 | ForEach-Object { "E$_" } | Get-MarketData -Provider Early -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 | Select-Object -First 1
        Unregister-MarketDataProvider -Name Early

        @($rows).Count | Should -Be 1
        $asked | Should -BeLessThan 300
    }

    It 'writes one error for what it cannot answer and goes on' {
        $rows = Get-MarketData -Ticker 'AAPL', 'NO!SUCH', 'MSFT' @Year -AsSeries -ErrorAction SilentlyContinue -ErrorVariable wrong

        $rows.Ticker | Should -Be 'AAPL', 'MSFT'
        $wrong.Count | Should -Be 1
        $wrong[0].FullyQualifiedErrorId | Should -BeLike '*,MarketCache.PowerShell.Commands.GetMarketDataCommand'
    }

    It 'says with -Verbose where rows came from' {
        $said = Get-MarketData -Ticker AAPL, MSFT @Year -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

        $said.Count | Should -Be 2
        $said[0].Message | Should -BeLike 'AAPL OHLCV: 253 rows*'
    }

    It 'warns that made-up prices are made up' {
        $null = Get-MarketData -Ticker AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-03 -WarningVariable said -WarningAction SilentlyContinue

        $said | Should -BeLike '*synthetic*'
    }
}

Describe 'Work in parallel' {
    BeforeAll {
        Clear-MarketCache
    }

    It 'shares one cache among the workers of ForEach-Object -Parallel' {
        $counts = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module -Name $using:Manifest
            $ask = $using:Year
            (Get-MarketData -Ticker PARA @ask).Count
        }
        $series = Get-MarketData -Ticker PARA @Year -AsSeries

        $counts | Should -Be (, 253 * 8)
        $series.Status.ProviderCalls | Should -Be 0
    }

    It 'shares it with thread jobs' -Skip:(-not (Get-Command -Name Start-ThreadJob -ErrorAction Ignore)) {
        $null = Get-MarketData -Ticker THRD @Year
        $job = Start-ThreadJob -ScriptBlock {
            Import-Module -Name $using:Manifest
            $ask = $using:Year
            Get-MarketData -Ticker THRD @ask -AsSeries
        }

        ($job | Receive-Job -Wait -AutoRemoveJob).Status.RowsFromMemory | Should -Be 253
    }

    It 'shares the folder with the process of Start-Job, whose objects come back whole' {
        $null = Get-MarketData -Ticker JOBS @Year
        $job = Start-Job -ScriptBlock {
            Import-Module -Name $using:Manifest
            $ask = $using:Year
            Get-MarketData -Ticker JOBS @ask -AsSeries
            Get-MarketData -Ticker JOBS @ask
        }
        $series, $rows = $job | Receive-Job -Wait -AutoRemoveJob

        $series.Count | Should -Be 253
        $series.Status.RowsFromDisk | Should -Be 253
        $rows.Count | Should -Be 253
        $rows[0].PSTypeNames | Should -Contain 'Deserialized.MarketCache.OhlcvRow'
        $rows[0].Date | Should -BeOfType [datetime]
        $rows[0].Close | Should -BeOfType [double]
        $rows[0] | Out-String | Should -BeLike '*Ticker*Open*JOBS*'
    }
}

AfterAll {
    Clear-MarketCache
    Remove-Item -LiteralPath $Folder -Recurse -Force -ErrorAction Ignore
}
