/** Our file, split and stdout sinks as targets of `rankLogger`: on the calling thread, unless a thread is asked for. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifests } from 'pino-rank-split'
import t, { type Test } from 'tap'
import { deaths, endings } from './kit/death.ts'
import { ranklog } from './kit/ranklog.ts'
import { runRanks, startRank } from './kit/ranks.ts'
import { node, pathOf, permissionFlag, startProcess } from './kit/start-process.ts'

interface Threads {
  /** By pino's event 'worker'. */
  workers: number
  /** By the kernel's count. */
  threads: number
}
type Transport = Record<string, unknown>

const program = new URL('./programs/own-sinks.js', import.meta.url)

/** Runs rank 0 of two to its end. Returns the threads that it started, and what it wrote to stdout. */
async function run(t: Test, transport: Transport, options: object = {}): Promise<Threads & { stdout: string }> {
  const args = [JSON.stringify(transport), JSON.stringify(options)]
  const rank = startRank(t, program, 0, { worldSize: 2, args, stdout: 'pipe' })
  const threads = await rank.nextMessage<Threads>()
  const { stdout, ...exit } = await rank.exit
  t.strictSame(exit, { code: 0, signal: null, stderr: '' })
  return { ...threads, stdout }
}

function messages(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line).msg).join('')
}

const read = (file: string) => messages(readFileSync(file, 'utf8'))
const none: Threads = { workers: 0, threads: 0 }

t.test('an open rank with our sinks starts no thread', async (t) => {
  const path = join(t.testdir(), 'train.log')
  const split = path.replace('.log', '.rank-0.log')
  const targets = [
    { target: 'pino-rank-file', options: { path } },
    { target: 'pino-rank-split', options: { path } },
    { target: 'pino-rank-stdout' },
  ]
  for (const [transport, file] of [
    [targets[0], path],
    [targets[1], split],
  ] as const) {
    t.match(await run(t, transport as Transport), none, file)
    t.equal(read(file), 'iwe')
  }
  const { stdout, ...threads } = await run(t, targets[2] as Transport)
  t.strictSame([threads, messages(stdout)], [none, 'iwe'], 'stdout')
  const all = await run(t, { targets })
  t.match(all, none, 'all three')
  t.strictSame([read(path), read(split), messages(all.stdout)], ['iweiwe', 'iweiwe', 'iwe'])
})

t.test('in a logger with our sinks and foreign targets, only the foreign ones run in pino’s worker', async (t) => {
  const dir = t.testdir()
  const path = (name: string) => join(dir, name)
  const targets = [
    { target: 'pino-rank-file', level: 'debug', options: { path: path('own.log') } },
    { target: 'pino/file', level: 'warn', options: { destination: path('foreign.log') } },
    { target: 'pino/file', level: 'error', options: { destination: path('errors.log') } },
  ]
  t.match(await run(t, { targets }), { workers: 1 }, 'one for both foreign targets')
  t.strictSame(['own.log', 'foreign.log', 'errors.log'].map(path).map(read), ['diwe', 'we', 'e'], 'each by its level')
})

t.test('dedupe passes a record only to the highest matching level, in the process and in the worker', async (t) => {
  const dir = t.testdir()
  const path = (name: string) => join(dir, name)
  const targets = [
    { target: 'pino-rank-file', level: 'debug', options: { path: path('debug.log') } },
    { target: 'pino/file', level: 'info', options: { destination: path('info.log') } },
    { target: 'pino/file', level: 'warn', options: { destination: path('warn.log') } },
    { target: 'pino-rank-split', level: 'error', options: { path: path('error.log') } },
  ]
  await run(t, { targets, dedupe: true })
  const files = ['debug.log', 'info.log', 'warn.log', 'error.rank-0.log']
  t.strictSame(files.map(path).map(read), ['d', 'i', 'w', 'e'])
})

t.test('a target runs in pino’s worker with thread: true, worker or sync: false', async (t) => {
  const dir = t.testdir()
  const entry = (name: string, more: object = {}) => ({
    target: 'pino-rank-file',
    options: { path: join(dir, name) },
    ...more,
  })
  const asked: [name: string, transport: Transport, workers: number][] = [
    ['thread', entry('thread', { thread: true }), 1],
    ['worker', { ...entry('worker'), worker: { autoEnd: true } }, 1],
    ['sync', { targets: [entry('sync'), entry('sync2')], sync: false }, 1],
    ['one of two', { targets: [entry('one of two', { thread: true }), entry('two')] }, 1],
    ['no thread', entry('no thread', { thread: false }), 0],
  ]
  for (const [name, transport, workers] of asked) {
    t.match(await run(t, transport), { workers }, name)
    t.equal(read(join(dir, name)), 'iwe', name)
  }
})

t.test('a module that cannot be loaded synchronously shares pino’s worker with foreign targets', async (t) => {
  const source = `
    import { writeFileSync } from 'node:fs'
    await null
    export const rank = { ranks: '0', others: 'error' }
    export default ({ path }) => ({
      text: '',
      listeners: {},
      on(event, done) { this.listeners[event] = done }, once(event, done) { this.on(event, done) }, emit() {},
      write(line) { this.text += line; writeFileSync(path, this.text) },
      end() { process.nextTick(() => this.listeners.close?.()) },
    })`
  const dir = t.testdir({
    node_modules: {
      'pino-rank-file': { 'package.json': '{"name":"pino-rank-file","main":"index.mjs"}', 'index.mjs': source },
    },
  })
  const path = (name: string) => join(dir, name)
  const target = path('node_modules/pino-rank-file/index.mjs')
  const targets = [
    { target, options: { path: path('own.log') } },
    { target: 'pino/file', options: { destination: path('foreign.log') } },
  ]
  t.match(await run(t, { targets }), { workers: 1 })
  t.strictSame(['own.log', 'foreign.log'].map(path).map(read), ['iwe', 'iwe'])
  const imported = { target, options: { path: path('imported.log') } }
  const preload = ['--import', import.meta.resolve('pino-rank-file')]
  const command = [...node, ...preload, pathOf(program), JSON.stringify(imported)]
  const rank = startProcess(t, command, { ipc: true })
  t.match(await rank.nextMessage(), none, 'no worker once the program has imported the sink')
  t.match(await rank.exit, { code: 0, stderr: '' })
  t.equal(read(path('imported.log')), 'iwe')
})

t.test('our targets write under node’s permission model, which allows no worker', async (t) => {
  const dir = t.testdir()
  const permissions = [permissionFlag, '--allow-fs-read=*', `--allow-fs-write=${dir}`, '--no-warnings']
  const targets = [
    { target: 'pino-rank-file', options: { path: join(dir, 'train.log') } },
    { target: 'pino-rank-split', options: { path: join(dir, 'train.log') } },
    { target: 'pino-rank-stdout' },
  ]
  const command = [...node, ...permissions, pathOf(program), JSON.stringify({ targets })]
  const { stdout, ...exit } = await startProcess(t, command, { ipc: true }).exit
  t.strictSame(exit, { code: 0, signal: null, stderr: '' })
  t.equal(messages(stdout), 'iwe')
  t.strictSame([read(join(dir, 'train.log')), read(join(dir, 'train.rank-0.log'))], ['iwe', 'iwe'])
})

t.test(
  'the manifest and ranklog status show the exit code of each open rank, or unknown if the process could not write it',
  async (t) => {
    const dir = t.testdir()
    const targets = JSON.stringify([{ target: 'pino-rank-split', options: { path: join(dir, 'train.log') } }])
    const ranks = deaths.length
    const exits = deaths.map((death, only) => runRanks(t, 'gated-error', { ranks, only, args: [targets, death] }))
    const ends = (await Promise.all(exits)).flat()
    const manifests = readManifests(dir)
    const { stdout } = await ranklog(t, ['status', '--json', dir])
    const rows = stdout.trimEnd().split('\n')
    t.equal(rows.length, ranks)
    for (const [rank, death] of deaths.entries()) {
      const code = endings[death][0]
      t.strictSame([ends[rank]?.code, ends[rank]?.signal], endings[death], death)
      t.match(manifests[rank], { rank, lines: code === null ? Number : 2, exit: code ?? 'unknown' }, death)
      t.match(JSON.parse(rows[rank] as string), { rank: `${rank}`, state: 'ended', exit: code ?? 'unknown' }, death)
    }
  },
)
