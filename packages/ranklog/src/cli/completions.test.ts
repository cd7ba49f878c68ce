import t from 'tap'
import type { Command } from './command.ts'
import { completionsFor } from './completions.ts'
import { helpOf, overview } from './help.ts'

const run = async () => 0

const commands: Command[] = [
  {
    name: 'merge',
    usage: '[OPTIONS] PATHS',
    about: "writes a run's logs: as one",
    options: {
      format: { value: 'FORMAT', short: 'f', values: ['json', 'text'], about: 'the format [json]', aliases: ['--fmt'] },
      output: { value: 'FILE', about: 'where to write' },
      dedup: { about: 'writes duplicates once' },
    },
    examples: [['ranklog merge logs', 'merges all logs']],
    run,
  },
  { name: 'run', usage: 'PROGRAM', about: 'runs a job', options: {}, examples: [], run },
]

const linesOf = (text: string, part: string) => text.split('\n').filter((line) => line.includes(part))

t.test('bash completes commands, the options of a command, and the values of an option', async (t) => {
  const script = completionsFor('bash', commands)
  t.match(script, 'compgen -W "merge run" -- "$word"')
  t.strictSame(linesOf(script, 'merge)'), ['    merge) words="--format --output --dedup" ;;'])
  t.strictSame(linesOf(script, 'run)'), ['    run) words="" ;;'])
  t.strictSame(linesOf(script, '--format)'), [
    '    --format) words="json text"; COMPREPLY=($(compgen -W "$words" -- "$word")); return ;;',
  ])
  t.strictSame(linesOf(script, '--output)'), [], 'any file')
})

t.test('zsh describes commands and options, and completes values or files', async (t) => {
  const script = completionsFor('zsh', commands)
  t.match(script, `commands=('merge:writes a run'\\''s logs\\: as one' 'run:runs a job')`)
  t.strictSame(linesOf(script, 'merge)'), [
    `    merge) _arguments '--format[the format \\[json\\]]:FORMAT:(json text)' '--output[where to write]:FILE:_files' '--dedup[writes duplicates once]' '*:path:_files' ;;`,
  ])
})

t.test('fish describes commands and options, and knows which options have a value', async (t) => {
  const option = (text: string) => `complete -c ranklog -n '__fish_seen_subcommand_from merge' -l ${text}`
  t.strictSame(completionsFor('fish', commands).split('\n'), [
    `complete -c ranklog -n __fish_use_subcommand -f -a merge -d 'writes a run'\\''s logs: as one'`,
    option(`format -s f -x -a 'json text' -d 'the format [json]'`),
    option(`output -r -d 'where to write'`),
    option(`dedup -d 'writes duplicates once'`),
    `complete -c ranklog -n __fish_use_subcommand -f -a run -d 'runs a job'`,
    '',
  ])
})

t.test('the help of a command shows its options with their short names, values and aliases', async (t) => {
  t.equal(
    helpOf(commands[0] as Command),
    `ranklog merge: writes a run's logs: as one

Usage: ranklog merge [OPTIONS] PATHS

Options:
  -f, --format FORMAT  the format [json]; also --fmt
      --output FILE    where to write
      --dedup          writes duplicates once

Examples:
  ranklog merge logs
      merges all logs
`,
  )
  t.match(overview(commands), /Commands:\n {2}merge {7}writes a run's logs: as one\n {2}run {9}runs a job\n\n/)
})
