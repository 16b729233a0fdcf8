BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Get-MarketData' {
    It 'adjusts all prices of a bar by the factor of its adjusted close' {
        $raw = Get-MarketData -Ticker AAPL @Year
        $closes = Get-MarketData -Ticker AAPL -DataType ADJUSTED_CLOSE @Year
        $adjusted = Get-MarketData -Ticker AAPL @Year -Adjusted

        $adjusted.Count | Should -Be $raw.Count
        foreach ($i in 0, 100, -1) {
            [Math]::Abs($adjusted[$i].Close / $closes[$i].Value - 1) | Should -BeLessThan 1e-12
            [Math]::Abs($adjusted[$i].Open / $adjusted[$i].Close - $raw[$i].Open / $raw[$i].Close) | Should -BeLessThan 1e-12
            $adjusted[$i].Volume | Should -Be $raw[$i].Volume
        }
    }

    It 'sets tickers beside each other with -Wide' {
        $wide = Get-MarketData -Ticker AAPL, MSFT @Year -Wide

        $wide.Count | Should -Be 253
        $wide[0].PSObject.Properties.Name | Should -Be 'Date', 'AAPL', 'MSFT'
        $wide[-1].MSFT | Should -Be (Get-MarketData -Ticker MSFT @Year)[-1].Close
        { Get-MarketData -Ticker AAPL @Year -Wide -AsSeries } | Should -Throw '*-Wide*'
    }

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

    It 'asks again with -Force' {
        $null = Get-MarketData -Ticker AAPL @Year

        (Get-MarketData -Ticker AAPL @Year -Force -AsSeries).Status.ProviderCalls | Should -Be 1
    }

    It 'never asks with -Offline, and says that rows are missing' {
        $series = Get-MarketData -Ticker AAPL -Provider Sample -Start 2020-01-02 -End 2020-01-31 -Offline -AsSeries -ErrorAction SilentlyContinue -ErrorVariable wrong -WarningAction SilentlyContinue -WarningVariable said

        $wrong.Count + $said.Count | Should -BeGreaterThan 0
        foreach ($status in $series.Status) { $status.ProviderCalls | Should -Be 0 }
    }

    It 'writes rows that the usual cmdlets understand' {
        $rows = Get-MarketData -Ticker AAPL @Year

        ($rows | Measure-Object -Property Close -Average).Count | Should -Be 253
        ($rows | Sort-Object -Property Close | Select-Object -First 1).Close | Should -BeLessOrEqual $rows[0].Close
        ($rows | Group-Object -Property { $_.Date.Month }).Count | Should -Be 12
        ($rows | Select-Object -First 1 | ConvertTo-Csv)[1] | Should -BeLike '"AAPL",*'
        ($rows | Select-Object -First 1 | ConvertTo-Json | ConvertFrom-Json).Ticker | Should -Be 'AAPL'
    }

    It 'writes rows whose members are those a person would look for' {
        foreach ($row in (Get-MarketData -Ticker AAPL @Year)[0], (Get-MarketData -Ticker AAPL -DataType ADJUSTED_CLOSE @Year)[0]) {
            ($row | Get-Member -MemberType Method).Name | Should -Be 'Equals', 'GetHashCode', 'GetType', 'ToString'
        }
    }

    It 'takes tickers from the pipeline and from properties' {
        ('AAPL', 'MSFT' | Get-MarketData @Year -AsSeries).Ticker | Should -Be 'AAPL', 'MSFT'
        ([pscustomobject] @{ Symbol = 'IBM'; DataType = 'DIVIDEND' } | Get-MarketData @Year -AsSeries).DataType | Should -Be 'DIVIDEND'
    }

    It 'is not changed by what is done to the objects it wrote' {
        $ask = @{ Ticker = 'AAPL'; Provider = 'Sample'; Start = '2020-01-02'; End = '2020-01-03'; WarningAction = 'Ignore' }
        $first = Get-MarketData @ask
        $series = Get-MarketData @ask -AsSeries

        { $first[0].Close = 0 } | Should -Throw
        { $series.Rows.Columns[0] = $series.Rows.Columns[1] } | Should -Throw
        $series.Status.Provider = 'changed'
        $series.Request.Ticker = 'changed'

        (Get-MarketData @ask)[0] | Should -Be $first[0]
        $again = Get-MarketData @ask -AsSeries
        $again.Status.Provider | Should -Be 'Sample'
        $again.Request.Ticker | Should -Be 'AAPL'
    }

    It 'stops upstream work when Select-Object has enough' {
        $script:asked = 0
        Register-MarketDataProvider -Name Early -Local -Setting @{ concurrency = 1 } -ScriptBlock {
            param($Request)
            $script:asked++
            @{ Date = $Request.Start; Value = 1 }
        }
        $rows = 1..300 | ForEach-Object { "E$_" } | Get-MarketData -Provider Early -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 | Select-Object -First 1
        $next = Get-MarketData -Ticker E1, E2 -Provider Early -DataType VOLUME -Start 2024-01-03 -End 2024-01-03
        Unregister-MarketDataProvider -Name Early

        @($rows).Count | Should -Be 1
        $asked | Should -BeLessThan 300
        $next.Count | Should -Be 2
    }
}

Describe 'Volumes' {
    It 'keep the fractions that their provider gives, in rows, files and on the screen' {
        $file = Join-Path -Path $TestDrive -ChildPath 'BTC-USD.csv'
        'Date,Open,High,Low,Close,Volume', '2024-01-02,1,1,1,1,0.45558087', '2024-01-03,1,1,1,1,1234.5', '2024-01-04,1,1,1,1,7' | Set-Content $file
        Register-MarketDataProvider -Name Coins -Type Csv -Setting @{ path = "$TestDrive"; fractional_volume = 'true'; calendar = '24/7'; date_format = 'yyyy-MM-dd'; time_zone = 'UTC' }

        $rows = Get-MarketData BTC-USD -Provider Coins -Start 2024-01-02 -End 2024-01-04 -WarningAction Ignore
        Unregister-MarketDataProvider -Name Coins

        $rows.Volume | Should -Be 0.45558087, 1234.5, 7
        ($rows | ConvertTo-Csv | ConvertFrom-Csv).Volume | Should -Be '0.45558087', '1234.5', '7'
        ($rows | Out-String) | Should -BeLike '*0.45558087*1,234.5*7*'
    }
}

Describe 'Rows of -AsSeries' {
    BeforeAll {
        $series = Get-MarketData -Ticker AAPL @Year -AsSeries
        $rows = Get-MarketData -Ticker AAPL @Year
    }

    It 'are the rows that come without it: they count, index, enumerate and go down the pipeline' {
        $series.Rows.Count | Should -Be 253
        $series.Rows[0] | Should -Be $rows[0]
        $series.Rows[-1] | Should -Be $rows[-1]
        $series.Rows[0] | Should -BeOfType MarketCache.OhlcvRow
        $sum = 0
        foreach ($row in $series.Rows) { $sum += $row.Volume }
        $sum | Should -Be ($rows | Measure-Object -Property Volume -Sum).Sum
        ($series.Rows | ConvertTo-Csv) | Should -Be ($rows | ConvertTo-Csv)
        @($series | ForEach-Object { 1 }).Count | Should -Be 1
    }

    It 'have columns that are lists' {
        $series.Rows.Columns.Name | Should -Be 'Date', 'Open', 'High', 'Low', 'Close', 'Volume'
        $series.Rows['Close'] | Should -Be $rows.Close
        $series.Rows.Close | Should -Be $rows.Close
        $series.Rows.Find('close')[-1] | Should -Be $rows[-1].Close
        $series.Rows['Date'][0] | Should -BeOfType datetime
        ($series.Rows['Close'] | Measure-Object -Average).Count | Should -Be 253
        $series.Rows.Find('nosuch') | Should -BeNullOrEmpty
    }

    It 'have nulls where the provider had none' {
        Register-MarketDataProvider -Name Holes -Local -ScriptBlock { param($Request) @{ Date = '2024-01-02'; Value = $null }, @{ Date = '2024-01-03'; Value = 5 } }
        $holes = Get-MarketData -Ticker AAPL -DataType VOLUME -Provider Holes -Start 2024-01-02 -End 2024-01-03 -AsSeries
        Unregister-MarketDataProvider -Name Holes

        $null -eq $holes.Rows['Value'][0] | Should -BeTrue
        $holes.Rows['Value'] | Should -Be $null, 5
    }

    It 'survive <Way>' -ForEach @(
        @{ Way = 'a job'; Through = { param($Series, $Manifest, $Year) Start-Job { Import-Module $using:Manifest; $ask = $using:Year; Get-MarketData -Ticker AAPL @ask -AsSeries } | Receive-Job -Wait -AutoRemoveJob } }
        @{ Way = 'Export-Clixml'; Through = { param($Series) $Series | Export-Clixml TestDrive:/series.xml; Import-Clixml TestDrive:/series.xml } }
        @{ Way = 'ConvertTo-Json'; Through = { param($Series) $Series | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json } }
    ) {
        $there = & $Through $series $Manifest $Year

        $there.Rows.Count | Should -Be 253
        $there.Rows.Close | Should -Be $rows.Close
        $there.Rows[0].Date | Should -Be $rows[0].Date
        $there.Start | Should -Be ([datetime] '2020-01-01')
        $there.End | Should -Be ([datetime] '2020-12-31')
    }
}

Describe 'Several data types' {
    It 'come one after another for each ticker, and rows say which they are' {
        $rows = Get-MarketData -Ticker AAPL, MSFT -DataType ADJUSTED_CLOSE, DIVIDEND @Year

        $rows | ForEach-Object { "$($_.Ticker) $($_.DataType)" } | Get-Unique |
            Should -Be 'AAPL ADJUSTED_CLOSE', 'AAPL DIVIDEND', 'MSFT ADJUSTED_CLOSE', 'MSFT DIVIDEND'
        (Get-MarketData -Ticker AAPL -DataType OHLCV, dividend @Year -AsSeries).Count | Should -Be 2
    }
}

Describe 'Errors of Get-MarketData' {
    It 'leaves the other tickers answered, in order' {
        Register-MarketDataProvider -Name Picky -Local -ScriptBlock {
            param($Request)
            if ($Request.Ticker -eq 'B') { throw [MarketCache.ProviderException]::new('NotFound', 'There is no B.') }
            @{ Date = $Request.Start; Value = 1 }
        }
        $rows = Get-MarketData -Ticker A, B, C -Provider Picky -DataType VOLUME -Start 2024-01-03 -End 2024-01-03 -ErrorAction SilentlyContinue -ErrorVariable wrong
        $succeeded = $?
        Unregister-MarketDataProvider -Name Picky

        $succeeded | Should -BeFalse
        $rows.Ticker | Should -Be 'A', 'C'
        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'ProviderNotFound'
        $wrong[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $wrong[0].TargetObject | Should -Be 'B'
    }

    It 'ends at the first error with -ErrorAction Stop' {
        { Get-MarketData -Ticker 'NO!SUCH', AAPL @Year -ErrorAction Stop } | Should -Throw
    }

    It 'is one <Id> for "<Command>"' -ForEach @(
        @{ Command = 'Get-MarketData AAPL -DataType NOPE'; Id = 'UnknownDataType' }
        @{ Command = 'Get-MarketData AAPL -Provider Nope'; Id = 'UnknownProvider' }
        @{ Command = 'Get-MarketData AAPL -Provider Sample -Frequency hourlyish'; Id = 'UnknownFrequency' }
        @{ Command = 'Get-MarketData -Provider Sample'; Id = 'TickerRequired' }
        @{ Command = 'Get-MarketData AAPL -Provider Sample -Start 2024-02-01 -End 2024-01-01'; Id = 'InvalidRange' }
        @{ Command = 'Get-MarketData AAPL -Provider Sample -Start 2999-02-01'; Id = 'InvalidRange' }
        @{ Command = 'Get-MarketData AAPL -Force -Offline'; Id = 'ConflictingParameters' }
        @{ Command = 'Get-MarketData AAPL -Start 2024-01-01 -Last 5d'; Id = 'ConflictingParameters' }
        @{ Command = 'Get-MarketData AAPL -Last 3q'; Id = 'InvalidPeriod' }
        @{ Command = 'Get-MarketData AAPL -Last 1m'; Id = 'InvalidPeriod' }
        @{ Command = 'Get-MarketData AAPL -Provider Sample -Interval 1M'; Id = 'UnknownFrequency' }
        @{ Command = '[pscustomobject] @{ Ticker = "AAPL"; Start = "2024" } | Get-MarketData -Last 1mo'; Id = 'ConflictingParameters' }
        @{ Command = '[pscustomobject] @{ Ticker = "" } | Get-MarketData -Provider Sample'; Id = 'TickerRequired' }
        @{ Command = 'Get-MarketData @() -Provider Sample'; Id = 'TickerRequired' }
    ) {
        $wrong = @(try { & ([scriptblock]::Create($Command)) 2>&1 } catch { $_ })

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be $Id
        $wrong[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }
}

Describe 'Days' {
    AfterEach {
        [cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
    }

    It 'are <Start> for -Start and <End> for -End where "<Text>" is written under <Culture>' -ForEach @(
        @{ Text = '2024'; Start = '2024-01-01'; End = '2024-12-31' }
        @{ Text = 2024; Start = '2024-01-01'; End = '2024-12-31' }
        @{ Text = '2024-02'; Start = '2024-02-01'; End = '2024-02-29' }
        @{ Text = 20240102; Start = '2024-01-02'; End = '2024-01-02' }
        @{ Text = ' 2024-1-2 '; Start = '2024-01-02'; End = '2024-01-02' }
        @{ Text = '2024-01-02T23:00:00-08:00'; Start = '2024-01-02'; End = '2024-01-02' }
        @{ Text = '3 Apr 2024'; Start = '2024-04-03'; End = '2024-04-03' }
        @{ Text = [datetime]::new(2024, 1, 2, 23, 0, 0); Start = '2024-01-02'; End = '2024-01-02' }
        @{ Text = [System.DateOnly]::new(2024, 1, 2); Start = '2024-01-02'; End = '2024-01-02' }
        @{ Text = '3. Mai 2024'; Culture = 'de-DE'; Start = '2024-05-03'; End = '2024-05-03' }
    ) {
        if ($Culture) { [cultureinfo]::CurrentCulture = $Culture }
        $ask = @{ Ticker = 'AAPL'; Provider = 'Sample'; AsSeries = $true; WarningAction = 'Ignore' }

        (Get-MarketData @ask -Start $Text -End 2025-01-31).Start | Should -Be ([datetime] $Start)
        (Get-MarketData @ask -Start 2020-01-01 -End $Text).End | Should -Be ([datetime] $End)
    }

    It 'are refused where "<Text>" is written under <Culture>' -ForEach @(
        @{ Text = '1.5'; Culture = 'de-DE' }
        @{ Text = 1.5; Culture = 'en-US' }
        @{ Text = '10:30'; Culture = 'en-US' }
        @{ Text = '03.04.2024'; Culture = 'de-DE'; Says = '*Use 2024-04-03 or 2024-03-04*' }
        @{ Text = '13.04.2024'; Culture = 'de-DE'; Says = '*Use 2024-04-13 (*' }
        @{ Text = '4/13/2024'; Culture = 'en-US'; Says = '*Use 2024-04-13 (*' }
        @{ Text = '13/4/2024'; Culture = 'en-US'; Says = '*Use 2024-04-13 (*' }
        @{ Text = '4/13/2024'; Culture = ''; Says = '*Use 2024-04-13 (*' }
        @{ Text = '13/04/2024'; Culture = 'th-TH'; Says = '*Use 2024-04-13 (*' }
        @{ Text = '03/04/2024'; Culture = '' }
        @{ Text = '03.04.24'; Culture = 'de-DE' }
        @{ Text = '2024-13'; Culture = '' }
        @{ Text = '7'; Culture = '' }
        @{ Text = 'Monday'; Culture = 'en-US' }
    ) {
        [cultureinfo]::CurrentCulture = $Culture

        { Get-MarketData AAPL -Provider Sample -Start $Text } | Should -Throw ($Says ?? '*yyyy-MM-dd*')
    }

    It 'of an empty cell are not given' {
        $table = 'Ticker,DataType,Start,End,Frequency,Provider', ' AAPL ,,2024-01-02,,,' | ConvertFrom-Csv

        $series = $table | Get-MarketData -AsSeries -Offline -ErrorAction SilentlyContinue -ErrorVariable wrong
        Get-ErrorId $wrong[0] | Should -BeIn 'NotCached'
        $table[0].Provider = 'Sample'
        $series = $table | Get-MarketData -AsSeries -WarningAction Ignore
        $series.Ticker, $series.DataType, $series.Request.Frequency | Should -Be 'AAPL', 'OHLCV', 'daily'
        $series.Rows[0].Ticker | Should -Be 'AAPL'
    }
}

Describe '-Last' {
    It 'shows the last session on a day without one, with bars of "<Frequency>"' -ForEach @(
        @{ Frequency = 'daily'; Expected = '2024-03-28' }
        @{ Frequency = 'weekly'; Expected = '2024-03-25' }
        @{ Frequency = 'monthly'; Expected = '2024-03-01' }
        @{ Frequency = 'quarterly'; Expected = '2024-01-01' }
        @{ Frequency = '1h'; Expected = '2024-03-28' }
    ) {
        # Easter Sunday after Good Friday.
        $rows = Get-MarketData AAPL -Provider Sample -Last 1d -End 2024-03-31 -Frequency $Frequency -WarningAction Ignore

        ($rows.Date ?? $rows.Time | Select-Object -Last 1).ToString('yyyy-MM-dd') | Should -Be $Expected
        if ($Frequency -ne '1h') { @($rows).Count | Should -Be 1 }
    }

    It 'shows something today, whatever the day, by every name that people try' {
        Get-MarketData AAPL -Provider Sample -Last 1 -WarningAction Ignore | Should -Not -BeNullOrEmpty
        Get-MarketData AAPL -Provider Sample -Days 1 -Interval weekly -WarningAction Ignore | Should -Not -BeNullOrEmpty
        Get-MarketData -Symbol AAPL -Provider Sample -From 2024-01-02 -To 2024-01-02 -Interval 1day -WarningAction Ignore -ErrorAction SilentlyContinue
        (Get-MarketData -Symbol AAPL -Provider Sample -From 2024-01-02 -To 2024-01-02 -Interval 1d -WarningAction Ignore).Count | Should -Be 1
    }
}

Describe 'An empty answer' {
    It 'says why: <Command>' -ForEach @(
        @{ Command = 'Get-MarketData AAPL -Provider Sample -Start 2024-04-06 -End 2024-04-07'; Says = '*has not been open from 2024-04-06 to 2024-04-07*' }
        @{ Command = 'Get-MarketData AAPL -Provider Sample -DataType SPLIT -Start 2024-04-02 -End 2024-04-02'; Says = '*has no SPLIT on 2024-04-02*' }
    ) {
        $said = & ([scriptblock]::Create($Command)) 3>&1

        $said | Should -BeOfType System.Management.Automation.WarningRecord
        "$said" | Should -BeLike $Says
    }
}

Describe 'What is piped into Get-MarketData' {
    It 'may be the cache''s own entries, with a ticker or without' {
        Clear-MarketCache
        Register-MarketDataProvider -Name Rates -Local -ScriptBlock { param($Request) @{ Date = '2024-01-02'; Value = 0.05 } }
        $null = Get-MarketData -DataType TREASURY_3M -Provider Rates -Start 2024-01-02 -End 2024-01-02 -Parameter @{ desk = 'a' }
        $null = Get-MarketData -Ticker AAPL @Year

        $series = Get-MarketCacheEntry -DataType TREASURY_3M | Get-MarketData -Start 2024-01-02 -End 2024-01-02 -AsSeries
        $report = Get-MarketCacheEntry -DataType TREASURY_3M, OHLCV | Update-MarketCache -Last 1mo -PassThru -WarningAction Ignore
        Unregister-MarketDataProvider -Name Rates

        $series.Count, $series.Status.ProviderCalls | Should -Be 1, 0
        $report.Series, $report.Failed | Should -Be 2, 0
    }

    It 'is no ticker if it is <What>' -ForEach @(
        @{ What = 'a hashtable'; Item = @{ Ticker = 'AAPL' }; Says = '*pscustomobject*' }
        @{ What = 'a misspelt column'; Item = [pscustomobject] @{ Tickr = 'AAPL' }; Says = "*Did you mean 'Ticker' by 'Tickr'*" }
        @{ What = 'some other object'; Item = [version] '1.2'; Says = '*is not a ticker*' }
    ) {
        foreach ($command in 'Get-MarketData', 'Update-MarketCache', 'Get-MarketSession') {
            $null = $Item | & $command -ErrorAction SilentlyContinue -ErrorVariable wrong

            $wrong.Count | Should -Be 1
            "$wrong" | Should -BeLike $Says
            Get-ErrorId $wrong[0] | Should -Be 'ParameterArgumentTransformationError'
        }
    }

    It 'may be a number, as tickers in Asia are' {
        7203, 600519 | Get-MarketData -Provider Sample -Last 1 -WarningAction Ignore | ForEach-Object Ticker | Should -Be '7203', '600519'
    }
}

Describe 'Warnings with one cause' {
    It 'are one line, however many tickers there are, and are not lost with Select-Object -First' {
        $tickers = 0..99 | ForEach-Object { 'T' + [char] [int] (65 + $_ % 26) + [char] [int] (65 + [math]::Floor($_ / 26)) }

        $null = Get-MarketData $tickers -Provider Sample -Start 2024-01-02 -End 2024-01-02 -WarningVariable said -WarningAction SilentlyContinue
        @($said).Count | Should -Be 1
        "$said" | Should -BeLike '100 series (TAA, TBA, TCA, TDA, TEA, …): *synthetic*'

        $null = $tickers -replace '^T', 'U' | Get-MarketData -Provider Sample -Start 2024-01-02 -End 2024-01-02 -WarningVariable said -WarningAction SilentlyContinue | Select-Object -First 1
        "$said" | Should -BeLike '*synthetic*'
    }
}

Describe 'Mistakes that are known' {
    It 'get a suggestion: <Command>' -ForEach @(
        @{ Command = 'Get-MarketData AAPL -DataType prices'; Says = "*Did you mean 'OHLCV'*" }
        @{ Command = 'Get-MarketData AAPL -DataType dividends'; Says = "*Did you mean 'DIVIDEND'*" }
        @{ Command = 'Get-MarketData -DataType inflation'; Says = "*Did you mean 'INFLATION_RATE'*" }
        @{ Command = 'Get-MarketData AAPL -Provider csv'; Says = '*needs the file or folder*' }
        @{ Command = 'Get-MarketData AAPL -Provider yaho'; Says = "*Did you mean 'Yahoo'*" }
    ) {
        { & ([scriptblock]::Create("$Command -ErrorAction Stop")) } | Should -Throw $Says
    }
}

Describe 'Streams of Get-MarketData' {
    BeforeAll {
        Clear-MarketCache
    }

    It 'says with -Verbose where rows came from' {
        $said = Get-MarketData -Ticker AAPL, MSFT @Year -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }

        $said.Count | Should -Be 2
        $said[0].Message | Should -BeLike 'AAPL OHLCV: 253 rows*'
    }

    It 'warns that made-up prices are made up' {
        $said = Invoke-Process "Get-MarketData -Ticker MADE -Provider Sample -Start 2020-01-02 -End 2020-01-03 3>&1 | Where-Object { `$_ -is [System.Management.Automation.WarningRecord] } | ForEach-Object Message"

        "$said" | Should -BeLike '*synthetic*'
    }
}

Describe 'Get-MarketData in parallel' {
    BeforeAll {
        Clear-MarketCache
    }

    It 'shares one cache among the workers of ForEach-Object -Parallel and counts exactly' {
        $before = (Get-CacheStats).Requests
        $calls = (Get-MarketDataProvider -Name Sample).Calls
        $counts = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module -Name $using:Manifest
            $ask = $using:Year
            foreach ($round in 1..3) { Get-MarketData -Ticker A, B, C @ask -AsSeries | ForEach-Object Count }
        }

        $counts | Should -Be (, 253 * 72)
        (Get-CacheStats).Requests - $before | Should -Be 72
        (Get-MarketDataProvider -Name Sample).Calls - $calls | Should -Be 3
    }

    It 'runs a provider''s script in the worker that asked' {
        Register-MarketDataProvider -Name Where -Local -ScriptBlock { param($Request) @{ Date = $Request.Start; Value = Get-Place } }
        $places = 1..8 | ForEach-Object -ThrottleLimit 8 -Parallel {
            Import-Module -Name $using:Manifest
            $place = $_
            function Get-Place { $place }
            (Get-MarketData -Ticker "PLACE$_" -Provider Where -DataType VOLUME -Start 2024-01-03 -End 2024-01-03).Value
        }
        Unregister-MarketDataProvider -Name Where

        $places | Sort-Object | Should -Be (1..8)
    }

    It 'shares it with thread jobs' {
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
