#compdef keyimport
# Completions of keyimport for zsh. The program lists what fits; paths are left to the shell.
_keyimport() {
    local line program=${(Q)words[1]}
    local -a values
    for line in "${(@f)$("${program/#\~/$HOME}" --complete "${(@Q)words[2,CURRENT-1]}" ":${(Q)PREFIX}" 2>/dev/null)}"; do
        case $line in
            :keys)
                _files -g '*.pub'
                return
                ;;
            :files)
                compset -P '--*='
                _files
                return
                ;;
            ?*) values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
        esac
    done
    _describe -V 'keyimport' values
}
# Loaded as a function of fpath it runs at once; sourced it registers itself.
if [[ $funcstack[1] == _keyimport ]]; then
    _keyimport "$@"
else
    compdef _keyimport keyimport
fi
