# Completions of keyimport for bash. The program lists what fits; paths are left to the shell.
_keyimport() {
    local IFS=$'\n' program=${1/#\~/$HOME} last=$2 line
    # Behind `--flag=` the current word is `=`.
    [[ ${COMP_WORDS[COMP_CWORD]} == = ]] && last='='
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :keys | :files)
                if [[ $line == :keys ]]; then
                    COMPREPLY=($(compgen -f -X '!*.pub' -- "$2"))
                    [[ ${#COMPREPLY[@]} -eq 0 ]] || COMPREPLY+=($(compgen -d -- "$2"))
                fi
                if [[ ${#COMPREPLY[@]} -gt 0 ]]; then
                    compopt -o filenames 2>/dev/null
                else
                    # Older than bash 4 there is no compopt.
                    compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2"))
                fi
                ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done < <("$program" --complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" ":$last" 2>/dev/null)
}
complete -F _keyimport keyimport
