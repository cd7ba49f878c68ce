import type { Command } from './command.ts'

export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** Returns a script with which a shell completes commands, options and their values. */
export function completionsFor(shell: Shell, commands: readonly Command[]): string {
  return { bash, zsh, fish }[shell](commands)
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map(({ name, options }) => {
    const names = Object.keys(options).map((option) => `--${option}`)
    return `    ${name}) words="${names.join(' ')}" ;;`
  })
  const values = valuesOf(commands).map(
    ([option, values]) =>
      `    --${option}) words="${values.join(' ')}"; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;`,
  )
  return `_ranklog() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$word"))
    return
  fi
  case $before in
${values.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _ranklog ranklog
`
}

function zsh(commands: readonly Command[]): string {
  const cases = commands.map(({ name, options }) => {
    const words = Object.entries(options).map(([option, { value, about, values }]) => {
      const end = value === undefined ? '' : `:${value}:${values ? `(${values.join(' ')})` : '_files'}`
      return `'--${option}[${quote(about).replace(/[[\]:]/g, '\\$&')}]${end}'`
    })
    return `    ${name}) _arguments ${words.join(' ')} '*:path:_files' ;;`
  })
  const names = commands.map(({ name, about }) => `'${name}:${quote(about).replaceAll(':', '\\:')}'`)
  return `#compdef ranklog
_ranklog() {
  if (( CURRENT == 2 )); then
    local -a commands=(${names.join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _ranklog ranklog
`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, about, options }) => [
    `complete -c ranklog -n __fish_use_subcommand -f -a ${name} -d '${quote(about)}'`,
    ...Object.entries(options).map(([option, { value, short, about, values }]) => {
      const takes = value === undefined ? '' : values ? ` -x -a '${values.join(' ')}'` : ' -r'
      return `complete -c ranklog -n '__fish_seen_subcommand_from ${name}' -l ${option}${short ? ` -s ${short}` : ''}${takes} -d '${quote(about)}'`
    }),
  ])
  return `${lines.join('\n')}\n`
}

function valuesOf(commands: readonly Command[]): [option: string, values: readonly string[]][] {
  const found = commands.flatMap(({ options }) =>
    Object.entries(options).flatMap(([option, { values }]) =>
      values ? [[option, values] as [string, readonly string[]]] : [],
    ),
  )
  return [...new Map(found)]
}

function quote(text: string): string {
  return text.replaceAll("'", `'\\''`)
}
