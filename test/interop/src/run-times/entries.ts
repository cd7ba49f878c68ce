import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { torchrunEnv } from 'pino-rank/launch'
import { inBothForms, slowDisk } from '../../../dist/kit/packed-apps.js'

/** What is left of a run of an entry's program. */
export interface Finished {
  /** The folder that the program finds in LOG_DIR. */
  dir: string
  stdout: string
}

/** One way in which a program uses our packages. */
export interface Entry {
  name: string
  /** The sink that it names. A program that is bundled imports it, too. */
  sink: string
  imports: Record<string, string>
  /** What the program does; it resolves when all is logged. */
  body: string
  /** The rank that it runs as, and the number of ranks of its job. */
  rank: [rank: number, worldSize: number]
  /** Returns in one or two words how it worked. @throws if a line is missing, torn or there twice */
  judge(run: Finished): string
}

const count = 500

/** With the options whose code a sink loads by name. */
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
    // Its lines wait for the collector, and flush() for all of them: Vitest ends its worker without an exit.
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
    // The calling thread's writes are slow, and it notes them; those of the writer thread are not.
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

/** Returns the variables of the rank that the entry's program runs as. */
export function entryEnv({ name, rank: [rank, worldSize] }: Entry, dir: string): NodeJS.ProcessEnv {
  const logs = { ENTRY: name, LOG_DIR: dir, RANKLOG_SOCKET_DIR: dir }
  return { ...torchrunEnv(rank, { worldSize, runId: 'run-times' }), ...logs }
}

/**
 * Returns the entry's program as an ES module and as CommonJS. What waits for its end finds a promise in `globalThis.finished`.
 *
 * @param imported true: it imports its sink, as programs in a bundle have to
 */
export function programOf(entry: Entry, imported: boolean): Record<'mjs' | 'cjs', string> {
  const { mjs, cjs } = inBothForms(entry.imports, `globalThis.finished = (async () => {\n  ${entry.body}\n})()\n`)
  return imported ? { mjs: `import '${entry.sink}'\n${mjs}`, cjs: `require('${entry.sink}')\n${cjs}` } : { mjs, cjs }
}

/** Returns a program for a bundle that has all entries, and runs the one that ENTRY names. */
export function programOfAll(): string {
  const first = { './late-writes.cjs': 'written' } // before our packages take node's functions
  const imports = Object.assign(first, ...entries.map((entry) => entry.imports), {
    'pino-rank': '{ gate, rankLogger }',
  })
  const tasks = entries.map(({ name, body }) => `'${name}': async () => {\n  ${body}\n},`)
  const sinks = entries.map(({ sink }) => `import '${sink}'\n`).join('')
  return inBothForms(imports, `${sinks}globalThis.finished = ({\n${tasks.join('\n')}\n})[process.env.ENTRY]()\n`).mjs
}

/** The module that makes writes slow, for the one entry that wants them to be. */
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
