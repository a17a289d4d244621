# Completions of keyimport for fish. The program lists what fits; paths are left to the shell.
function __keyimport_complete
    set -l word (commandline --current-token --cut-at-cursor)
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l program (string replace --regex '^~' $HOME -- $words[1])
    set --erase words[1]
    for line in ($program --complete $words ":$word" 2>/dev/null)
        switch $line
            case :keys
                __fish_complete_suffix .pub
            case :files
                set -l flag (string replace --regex -- '^(--[^=]*=)?.*' '$1' $word)
                for path in (__fish_complete_path (string replace --regex -- '^--[^=]*=' '' $word))
                    echo $flag$path
                end
            case '*'
                echo $line
        end
    end
end
complete --command keyimport --no-files --keep-order --arguments '(__keyimport_complete)'
