# Completions of keyimport for PowerShell. The program lists what fits; paths are left to the shell.
Register-ArgumentCompleter -Native -CommandName keyimport -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
    $words = @($before | ForEach-Object {
        $length = [Math]::Min($_.Extent.Text.Length, $cursorPosition - $_.Extent.StartOffset)
        $_.Extent.Text.Substring(0, $length).Trim('"', "'")
    })
    if ($before[-1].Extent.EndOffset -lt $cursorPosition) { $words += '' }

    # In a list PowerShell completes the last item, the program the list.
    $last = $words[-1]
    $cut = if ($last.EndsWith($wordToComplete)) { $last.Length - $wordToComplete.Length } else { 0 }
    $middle = @($words | Select-Object -Skip 1 | Select-Object -SkipLast 1)
    $lines = @(& $words[0] --complete @middle ":$last" 2>$null)

    if ($lines.Count -eq 0) { return '' } # Without a result PowerShell would complete paths.
    if ($lines[0] -in ':keys', ':files') { return }
    foreach ($line in $lines) {
        $value, $help = $line -split "`t", 2
        $value = $value.Substring($cut)
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
