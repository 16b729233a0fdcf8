BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
}

Describe 'The documents' {
    It 'show what the README''s first request shows' {
        $page = Get-Content -LiteralPath "$Root/README.md" -Raw
        $request, $shown = [regex]::Match($page, '(?s)PS> (Get-MarketData [^\n]+)\n(.*?)\nPS> ').Groups[1, 2].Value

        $lines = & ([scriptblock]::Create("$request 3>&1")) | Out-String -Width 100
        ("WARNING: $lines" -replace '\s+', ' ').Trim() | Should -Be ($shown -replace '\s+', ' ').Trim()
    }

    It 'have a line for cron that works without a profile and fails aloud' {
        $line = [regex]::Match((Get-Content -LiteralPath "$Root/examples/README.md" -Raw), '(?m)^20 16 \* \* 1-5  pwsh (?<Rest>.+)$').Groups['Rest'].Value
        Set-Content -LiteralPath "$TestDrive/list.txt" -Value 'AAPL'
        $arguments = $line.Replace('/opt/marketcache', $Root).Replace('/etc/watchlist.txt', "$TestDrive/list.txt").Replace('Yahoo', 'Sample').Split(' ')

        $lines = & dotnet ([System.IO.Path]::Combine($PSHOME, 'pwsh.dll')) @arguments 2>&1
        "$lines" | Should -BeLike '2 series: *0 failed*'
        $LASTEXITCODE | Should -Be 0

        $null = & dotnet ([System.IO.Path]::Combine($PSHOME, 'pwsh.dll')) @($arguments.Replace("$TestDrive/list.txt", "$TestDrive/none.txt")) 2>&1
        $LASTEXITCODE | Should -Not -Be 0
    }

    It 'have examples in the help that PowerShell can parse' {
        foreach ($page in Get-ChildItem -LiteralPath "$Root/docs/cmdlets" -Filter *.md) {
            foreach ($block in [regex]::Matches((Get-Content -LiteralPath $page -Raw), '(?s)```powershell\n(.*?)```')) {
                $errors = $null
                $null = [System.Management.Automation.Language.Parser]::ParseInput($block.Groups[1].Value, [ref] $null, [ref] $errors)
                $errors | Should -BeNullOrEmpty -Because $page.Name
            }
        }
    }
}
