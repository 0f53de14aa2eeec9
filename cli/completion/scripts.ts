// The completion scripts: what each shell asks for, from one description of the commands.
// bash(1) Programmable Completion, zshcompsys(1), fish complete(1).

export interface Described {
  readonly name: string;
  readonly summary: string;
  /** First words and flags that it knows. */
  readonly words: readonly string[];
}

export type Shell = 'bash' | 'zsh' | 'fish';

export const SHELLS: Readonly<Record<Shell, (commands: readonly Described[]) => string>> = {
  bash: (commands) => `# eval "$(npx postern completion bash)"
_postern() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then words='${commands.map(({ name }) => name).join(' ')}'
  else case \${COMP_WORDS[1]} in
${commands.map(({ name, words }) => `    ${name}) words='${words.join(' ')}' ;;`).join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _postern postern
`,
  zsh: (commands) => `#compdef postern
# eval "$(npx postern completion zsh)"
_postern() {
  local -a commands known
  commands=(${commands.map(({ name, summary }) => quote(`${name}:${summary}`)).join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case $words[2] in
${commands.map(({ name, words }) => `    ${name}) known=(${words.map(quote).join(' ')}) ;;`).join('\n')}
  esac
  compadd -a known || _files
}
compdef _postern postern
`,
  fish: (commands) => `# npx postern completion fish | source
complete -c postern -n __fish_use_subcommand -f
${commands
  .flatMap(({ name, summary, words }) => [
    `complete -c postern -n __fish_use_subcommand -f -a ${name} -d ${quote(summary)}`,
    `complete -c postern -n '__fish_seen_subcommand_from ${name}' -a ${quote(words.join(' '))}`,
  ])
  .join('\n')}
`,
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
