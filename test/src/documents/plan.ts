/** The steps that run the code blocks of a document. */
import { type Block, blocksOf } from './blocks.ts'
import type { Expected } from './expected.ts'

/** `save` is for a file that a later command on the page starts or compiles. */
export type Action = 'run' | 'command' | 'parse' | 'save'

export interface Step {
  action: Action
  /** The name of the file for the text, or the command. */
  name: string
  /** A block, or one line of a block of commands. */
  text: string
  line: number
  expected: Expected
}

/** Notes on the blocks of one page. Each key is a text that only one block, or only one command, contains. */
export interface PageNotes {
  expected?: Readonly<Record<string, Expected>> | undefined
  /** The reason why a block cannot run. */
  notRun?: Readonly<Record<string, string>> | undefined
  /** Commands in the prose of the page that its blocks need. $CLONE is the folder of the tarballs, and has the examples. */
  says?: readonly { words: string; command: string }[]
  /** Files that the page asks the reader to copy into the folder first. */
  copies?: { from: string; names: readonly string[] }
}

/** What is done with a block, by its language. A `text` block is a diagram, which is not run. */
const languages: Readonly<Record<string, Action>> = {
  ...{ js: 'run', mjs: 'run', cjs: 'run', ts: 'save', json: 'parse', sh: 'command', bash: 'command' },
}

/**
 * Returns the steps of a page.
 * @throws {Error} for a block that cannot run and has no reason, and for a note that does not match exactly one block
 */
export function planOf(markdown: string, { expected = {}, notRun = {} }: PageNotes): Step[] {
  const blocks = blocksOf(markdown)
  const skipped = Object.keys(notRun).map((key) => onlyOne(blocks, key))
  const steps = blocks.filter((block) => !skipped.includes(block)).flatMap(stepsOf)
  for (const [key, note] of Object.entries(expected)) onlyOne(steps, key).expected = note
  for (const step of steps) {
    const { action, name, line } = step
    if (action === 'command') continue
    const isStarted = steps.some(
      (other) => other.action === 'command' && other.line > line && other.text.includes(name),
    )
    if (isStarted) step.action = 'save'
    else if (action === 'save') throw new Error(`line ${line}: no command below it on the page compiles ${name}`)
  }
  return steps
}

function onlyOne<Found extends { text: string }>(all: readonly Found[], key: string): Found {
  const [found, ...others] = all.filter(({ text }) => text.includes(key))
  if (found && others.length === 0) return found
  throw new Error(`${found ? others.length + 1 : 'no'} blocks have "${key}": name exactly one`)
}

function stepsOf({ language, text, line }: Block): Step[] {
  if (language === 'text') return []
  const action = languages[language]
  if (!action) {
    throw new Error(
      `line ${line}: a block of language "${language}" cannot be run. Give it one of ${Object.keys(languages).join(', ')}, or a reason in notRun`,
    )
  }
  if (action === 'command') {
    const commands = text.replaceAll('\\\n', '  ').split('\n')
    const numbered = commands.map((command, at) => ({ name: command.trim(), text: command, line: line + at }))
    return numbered.filter(({ name }) => /^[^#]/.test(name)).map((command) => ({ action, ...command, expected: {} }))
  }
  const named = /^\/\/ ([\w./-]+\.[cm]?[jt]s)\b/.exec(text)?.[1]
  const extension = language === 'js' ? 'mjs' : language
  return [{ action, name: named ?? `line-${line}.${extension}`, text, line, expected: {} }]
}
