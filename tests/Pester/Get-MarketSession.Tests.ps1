BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'Get-MarketSession' {
    It 'leaves out holidays and says which sessions close early' {
        $sessions = Get-MarketSession -Calendar XNYS -Start 2024-12-23 -End 2024-12-26

        $sessions.Date.Day | Should -Be 23, 24, 26
        $sessions[1].Close | Should -Be ([datetime]::new(2024, 12, 24, 18, 0, 0, [System.DateTimeKind]::Utc))
        $sessions.IsExpected | Should -Not -Contain $true
        ($sessions | Where-Object IsShort).Date.Day | Should -Be 24
    }

    It 'lists by <Name>' -ForEach @(
        @{ Name = 'all markets'; Command = { Get-MarketSession -Start 2026-05-01 }; With = 'XNYS', 'XTKS'; Without = 'XPAR', 'XETR' }
        @{ Name = 'wildcard'; Command = { Get-MarketSession x[nj]* -Start 2024-06-17 }; With = 'XNYS', 'XNZE'; Without = 'XJSE', 'XTKS' }
        @{ Name = 'ticker'; Command = { Get-MarketSession -Ticker 7203.T, VOLV-B.ST }; With = 'XTKS', 'XSTO'; Without = 'XNYS' }
        @{ Name = 'ticker alone'; Command = { Get-MarketSession AAPL, VOD.L }; With = 'XNYS', 'XLON'; Without = 'XTKS' }
        @{ Name = 'nothing at all'; Command = { Get-MarketSession }; With = 'XNYS', 'XKRX', '24/7', 'CMES'; Without = 'XXXX' }
    ) {
        $calendars = (& $Command).Calendar

        @($calendars | Sort-Object -Unique).Count | Should -Be @($calendars).Count
        foreach ($name in $With) { $calendars | Should -Contain $name }
        foreach ($name in $Without) { $calendars | Should -Not -Contain $name }
    }

    It 'takes calendars and tickers from the pipeline, and whole months' {
        $sessions = 'XTKS', 'AAPL' | Get-MarketSession -From 2024-06 -To 2024-06

        $sessions.Calendar | Get-Unique | Should -Be 'XTKS', 'XNYS'
        ($sessions | Where-Object Calendar -EQ 'XNYS')[-1].Date.Day | Should -Be 28
    }

    It 'draws a year' {
        $year = Get-MarketSession -Calendar XNYS -Year 2024

        $year.Sessions, $year.ShortSessions | Should -Be 252, 3
        $year.IsExpected | Should -BeFalse
        $year.Months.Count | Should -Be 12
        $year.Months[6] | Should -Be '##+-#..#####..#####..#####..###' # Independence Day, a Thursday
        ($year | Out-String) | Should -BeLike '*XNYS 2024: 252 sessions, 3 short*Jan -####..*'
    }

    It 'marks sessions of a year that is not published' {
        $state = Get-MarketSession -Calendar XHKG
        $after = $state.KnownUntil.AddDays(1)
        $sessions = Get-MarketSession -Calendar XHKG -Start $after.AddDays(-10) -End $after.AddDays(10)

        $sessions.Count | Should -BeGreaterThan 0
        foreach ($session in $sessions) {
            $session.IsExpected | Should -Be ($session.Date -ge $after)
        }
    }

    It 'gives a calendar''s present state without a range' {
        (Get-MarketSession -Calendar XLON | Out-String) | Should -BeLike '*Next open*XLON*'
    }

    It 'is one error for a calendar that is none' {
        Get-MarketSession -Calendar XXXX -ErrorAction SilentlyContinue -ErrorVariable wrong

        $wrong.Count | Should -Be 1
        Get-ErrorId $wrong[0] | Should -Be 'UnknownCalendar'
    }
}
