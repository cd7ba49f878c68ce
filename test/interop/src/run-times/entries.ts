import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import { inBothForms, slowDisk } from '../../../dist/kit/packed-apps.js'

/** The output of an entry's program. */
export interface Finished {
  /** The folder of its logs, which the program gets as LOG_DIR. */
  dir: string
  stdout: string
}

/** One way to use our packages. */
export interface Entry {
  name: string
  /** The name of the sink. A bundled program also imports it. */
  sink: string
  imports: Record<string, string>
  /** The code of the program, which ends after everything is logged. */
  body: string
  /** The rank of the program, and the number of ranks in its job. */
  rank: [rank: number, worldSize: number]
  /** Returns the text of the table's cell. @throws {Error} if a line is missing, torn or repeated */
  judge(run: Finished): string
}

const count = 500

/** Options of a sink, among them those whose code it loads by name. */
const placed = `path: 'train.log', runDirectory: process.env.LOG_DIR + '/runs', rotate: { maxBytes: 1e9 }, current: process.env.LOG_DIR + '/current.log'`

const manyLines = `for (let seq = 0; seq < ${count}; seq++) {
    log.info({ seq })
    if (seq % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }`

export const entries: Entry[] = [
  {
    name: 'target',
    sink: 'pino-rank-file',
    imports: { 'pino-rank': '{ rankLogger }' },
    body: `const log = rankLogger({ transport: { target: 'pino-rank-file', options: { ${placed} } } })
  ${manyLines}`,
    rank: [0, 1],
    judge: ({ dir }) => expectAll(linesOf(join(dir, 'runs/version_0/train.log'))),
  },
  {
    name: 'stream',
    sink: 'pino-rank-file',
    imports: { pino: 'pino', 'pino-rank': '{ gate }', 'pino-rank-file': '{ fileStream }' },
    body: `const log = pino(gate(), fileStream({ ${placed} }))
  ${manyLines}`,
    rank: [0, 1],
    judge: ({ dir }) => expectAll(linesOf(join(dir, 'runs/version_0/train.log'))),
  },
  {
    name: 'collector',
    sink: 'pino-rank-stdout',
    imports: { 'pino-rank': '{ rankLogger }' },
    // Vitest ends its worker without an exit, so flush() must wait for the lines that are buffered for the collector.
    body: `const options = { merge: 'always', collector: { lingerMs: 1000, label: '[{rank}] ' } }
  const log = rankLogger({ transport: { target: 'pino-rank-stdout', options } })
  ${manyLines}
  await new Promise((resolve) => log.flush(resolve))`,
    rank: [0, 1],
    judge({ stdout }) {
      const lines = [...stdout.matchAll(/^(\[0\] )?(\{"level":30,.*\})$/gm)]
      expectAll(lines.map(([, , record = '']) => record))
      const collected = lines.filter(([, label]) => label).length
      return collected === count ? 'yes' : collected === 0 ? 'directly to stdout' : `${collected} of ${count}`
    },
  },
  {
    name: 'slow disk',
    sink: 'pino-rank-file',
    imports: {
      './late-writes.cjs': 'written',
      pino: 'pino',
      'pino-rank': '{ gate }',
      'pino-rank-file': '{ fileStream }',
    },
    // Writes of the calling thread are slow and go to the list `written`. Writes of the writer thread are not in it.
    body: `const log = pino(gate(), fileStream({ path: process.env.LOG_DIR + '/train.log' }))
  for (let line = 0; line < 4 && written.length === line; line++) {
    log.error('line ' + line)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  process.getBuiltinModule('node:fs').writeFileSync(process.env.LOG_DIR + '/written.json', JSON.stringify(written))`,
    rank: [0, 1],
    judge({ dir }) {
      const written: string[] = JSON.parse(readFileSync(join(dir, 'written.json'), 'utf8'))
      const lines = linesOf(join(dir, 'train.log')).map((line) => JSON.parse(line).msg)
      const isMoved = lines.length > written.length
      expectEqual(lines, [...written, ...(isMoved ? [`line ${written.length}`] : [])])
      return isMoved ? 'writer thread' : 'calling thread'
    },
  },
  {
    name: 'gated error',
    sink: 'pino-rank-file',
    imports: { 'pino-rank': '{ rankLogger }' },
    body: `const log = rankLogger({ transport: { target: 'pino-rank-file', options: { ${placed} } } })
  log.info('i')
  log.error('e')`,
    rank: [1, 2],
    judge({ dir }) {
      const lines = linesOf(join(dir, 'runs/version_0/train.log')).map((line) => JSON.parse(line))
      expectEqual(
        lines.map(({ rank, msg }) => [rank, msg]),
        [[1, 'e']],
      )
      return 'yes'
    },
  },
]

/** Returns the environment variables of an entry's program. */
export function entryEnv({ name, rank: [rank, worldSize] }: Entry, dir: string): NodeJS.ProcessEnv {
  const logs = { ENTRY: name, LOG_DIR: dir, RANKLOG_SOCKET_DIR: dir }
  return { ...torchrunEnv(rank, { worldSize, runId: 'run-times' }), ...logs }
}

/**
 * Returns the entry's program as an ES module and as CommonJS. `globalThis.finished` is a promise for its end.
 *
 * @param imported true: the program imports its sink, as a bundled program must
 */
export function programOf(entry: Entry, imported: boolean): Record<'mjs' | 'cjs', string> {
  const { mjs, cjs } = inBothForms(entry.imports, `globalThis.finished = (async () => {\n  ${entry.body}\n})()\n`)
  return imported ? { mjs: `import '${entry.sink}'\n${mjs}`, cjs: `require('${entry.sink}')\n${cjs}` } : { mjs, cjs }
}

/** Returns a program with the code of all entries, which runs the entry that the variable ENTRY names. */
export function programOfAll(): string {
  const first = { './late-writes.cjs': 'written' } // before our packages, which read the functions of node:fs once
  const imports = Object.assign(first, ...entries.map((entry) => entry.imports), {
    'pino-rank': '{ gate, rankLogger }',
  })
  const tasks = entries.map(({ name, body }) => `'${name}': async () => {\n  ${body}\n},`)
  const sinks = entries.map(({ sink }) => `import '${sink}'\n`).join('')
  return inBothForms(imports, `${sinks}globalThis.finished = ({\n${tasks.join('\n')}\n})[process.env.ENTRY]()\n`).mjs
}

/** A module that makes writes slow for the entry 'slow disk', and does nothing for the others. */
export const lateWrites: string = `
module.exports = process.env.ENTRY === 'slow disk' ? makeSlow() : []
function makeSlow() {${slowDisk.replace('module.exports =', 'return')}
}`

function linesOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  expectEqual(lines.pop(), '')
  return lines
}

function expectAll(lines: string[]): string {
  expectEqual(
    lines.map((line) => JSON.parse(line).seq),
    Array.from({ length: count }, (_, seq) => seq),
  )
  return 'yes'
}

function expectEqual(actual: unknown, expected: unknown): void {
  const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== e) throw new Error(`expected ${e}\nreceived ${a}`)
}
