/** The scripts that teach a shell to ask the program. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const bash = `# eval "$(gatehouse completion bash)"
_gatehouse() {
  local IFS=$'\\n'
  COMPREPLY=($("\${COMP_WORDS[0]}" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  # Without an answer of its own the shell offers files.
}
complete -o default -F _gatehouse gatehouse
`;

const zsh = `#compdef gatehouse
# eval "$(gatehouse completion zsh)"
_gatehouse() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${#found} )) && [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _gatehouse gatehouse
`;

const fish = `# gatehouse completion fish | source
function __gatehouse_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c gatehouse -a '(__gatehouse_complete)'
`;

export const scripts: Record<Shell, string> = { bash, zsh, fish };
