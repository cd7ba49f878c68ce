/** `reopenOn`, `rotateOn` and `handleSignals` of our targets: they work in the process and are refused in a worker. */
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { rotatedFiles } from 'pino-rank-file/read'
import t, { type Test } from 'tap'
import { startRank } from './kit/ranks.ts'
import type { TestProcess } from './kit/start-process.ts'

const program = new URL('./programs/signalled-logger.js', import.meta.url)
const old = { flushMs: 600_000 } // no timed flush in this test
const read = (file: string): string[] => readFileSync(file, 'utf8').match(/(?<="msg":")\w+/g) ?? []

interface Started {
  rank: TestProcess
  /** Logs messages such as `info text`, or runs commands, one after the other. */
  run(...messages: string[]): Promise<void>
  /** Sends a signal, and resolves when its listeners have run. */
  signal(signal: NodeJS.Signals): Promise<void>
}

async function start(t: Test, targets: object[], more: object = {}, rank = 0): Promise<Started> {
  const args = [JSON.stringify({ transport: { targets }, ...more })]
  const started = startRank(t, program, rank, { worldSize: 2, args })
  await started.nextMessage()
  const run = async (...messages: string[]) => {
    for (const message of messages) t.equal(await started.request(message), 'done')
  }
  // The signal is handled at the end of the second turn of the event loop at the latest.
  const signal = (signal: NodeJS.Signals) => {
    started.kill(signal)
    return run('flush', 'flush')
  }
  return { rank: started, run, signal }
}

/** Returns entries of our targets with these options, the paths of their files, and an entry of a foreign target. */
function entries(dir: string, options: object) {
  const path = join(dir, 'train.log')
  const file = { target: 'pino-rank-file', options: { path, ...old, ...options } }
  const split = { target: 'pino-rank-split', options: { path, ...old, ...options } }
  const foreign = { target: 'pino/file', options: { destination: join(dir, 'foreign.log') } }
  return { file, split, foreign, fileLog: path, splitLog: join(dir, 'train.rank-0.log') }
}

for (const kind of ['file', 'split', 'both', 'both with a foreign target'] as const) {
  t.test(`${kind}, reopenOn: buffered lines go to the renamed files, and later ones to new files`, async (t) => {
    const { file, split, foreign, fileLog, splitLog } = entries(t.testdir(), { reopenOn: 'SIGHUP' })
    const [targets, logs] = {
      file: [[file], [fileLog]],
      split: [[split], [splitLog]],
      both: [
        [file, split],
        [fileLog, splitLog],
      ],
      'both with a foreign target': [
        [foreign, file, split],
        [fileLog, splitLog],
      ],
    }[kind] as [object[], string[]]
    const { rank, run, signal } = await start(t, targets)
    await run('info first', 'flush')
    for (const log of logs) renameSync(log, `${log}.1`)
    await run('info waits')
    await signal('SIGHUP')
    await run('info after', 'flush')
    for (const log of logs) t.strictSame([read(`${log}.1`), read(log)], [['first', 'waits'], ['after']], log)
    rank.send('exit')
    t.match(await rank.exit, { code: 0, signal: null, stderr: '' })
  })
}

t.test('rotateOn: the signal rotates the file', async (t) => {
  const { file, fileLog } = entries(t.testdir(), { rotate: {}, rotateOn: 'SIGUSR2' })
  const { run, signal } = await start(t, [file])
  await run('info first')
  await signal('SIGUSR2')
  await run('info after', 'flush')
  t.strictSame(rotatedFiles(fileLog).map(read), [['first'], ['after']])
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`handleSignals: the process writes all lines and then ends by ${signal}`, async (t) => {
    const { file, split, foreign, fileLog, splitLog } = entries(t.testdir(), { handleSignals: true })
    const { rank, run } = await start(t, [file, foreign, split])
    await run('info 1', 'error 2', 'info 3')
    rank.kill(signal)
    t.match(await rank.exit, { code: null, signal, stderr: '' })
    for (const log of [fileLog, splitLog]) t.strictSame(read(log), ['1', '2', '3'], log)
  })
}

t.test('a signal concerns only the entries whose options name it', async (t) => {
  const dir = t.testdir()
  const { file, fileLog } = entries(dir, { reopenOn: 'SIGHUP' })
  const { split, splitLog } = entries(dir, { handleSignals: true })
  const { rank, run, signal } = await start(t, [file, split])
  await run('info 1', 'flush')
  renameSync(fileLog, `${fileLog}.1`)
  await signal('SIGHUP') // reopenOn takes precedence over handleSignals, so the process continues
  await run('info 2')
  rank.kill('SIGTERM')
  t.match(await rank.exit, { signal: 'SIGTERM', stderr: '' })
  t.strictSame([read(`${fileLog}.1`), read(splitLog)], [['1'], ['1', '2']])
  t.notOk(existsSync(fileLog), 'without handleSignals a signal loses buffered lines')
})

t.test('by default a signal ends the process and loses buffered lines', async (t) => {
  const { file, fileLog } = entries(t.testdir(), {})
  const { rank, run } = await start(t, [file])
  await run('info 1', 'flush', 'info waits')
  rank.kill('SIGTERM')
  t.match(await rank.exit, { code: null, signal: 'SIGTERM', stderr: '' })
  t.strictSame(read(fileLog), ['1'])
})

t.test('the signal of reopenOn ends no rank, whether it has logged nothing, is gated or is opened', async (t) => {
  const dir = t.testdir()
  const { file, fileLog } = entries(dir, { reopenOn: 'SIGHUP', handleSignals: true })
  const options = { gateSignal: 'SIGUSR2' }
  const [open, gated, silent] = [
    await start(t, [file], options, 0),
    await start(t, [file], options, 1),
    await start(t, [file], { ...options, level: 'silent' }, 0),
  ]
  for (const { signal } of [open, gated, silent]) await signal('SIGHUP')
  const { rank, run, signal } = gated
  await run('info gated', 'error 1')
  renameSync(fileLog, `${fileLog}.1`)
  await signal('SIGHUP')
  await run('error 2', 'open', 'info opened', 'flush')
  renameSync(fileLog, `${fileLog}.2`)
  await signal('SIGHUP')
  await run('info again', 'close', 'info gated', 'error 3')
  await signal('SIGUSR2') // gateSignal: opens the gate again
  await run('info last')
  rank.kill('SIGTERM')
  t.match(await rank.exit, { signal: 'SIGTERM', stderr: '' })
  t.strictSame([`${fileLog}.1`, `${fileLog}.2`, fileLog].map(read), [['1'], ['2', 'opened'], ['again', '3', 'last']])
})

const self = { rank: 0, launcher: 'test', worldSize: 2 } as const
const expected = 'none in a worker thread, which gets no signals'

t.test('rankLogger refuses signal options of a target in pino’s worker, on every rank', async (t) => {
  const target = 'pino-rank-file'
  const options = { path: 'train.log', reopenOn: 'SIGHUP' }
  const step = { target, options }
  const refused: [what: string, transport: object, fix: string][] = [
    ['thread', { ...step, thread: true }, 'leave out thread: true'],
    ['worker', { ...step, worker: {} }, 'leave out transport.worker and transport.sync'],
    ['sync', { targets: [step], sync: true }, 'leave out transport.worker and transport.sync'],
    [
      'pipeline',
      { pipeline: [{ target: 'pino-rank-stdout' }, step] },
      'give this target an entry of its own, without a pipeline',
    ],
    [
      'pino-rank/target',
      { target: 'pino-rank/target', options: { target, options } },
      'give rankLogger the target "pino-rank-file" itself',
    ],
  ]
  for (const rank of [0, 1]) {
    for (const [what, transport, fix] of refused) {
      const message = `pino-rank: target "pino-rank-file", option "reopenOn": expected ${expected}, received "SIGHUP"; ${fix}`
      const build = () => rankLogger({ rank: { ...self, rank }, transport } as never)
      t.throws(build, { code: 'OPTION_INVALID', message }, `${what}, rank ${rank}`)
    }
  }
  t.throws(
    () => rankLogger({ transport: { ...step, options: { path: 'x', handleSignals: true }, thread: true } }),
    { code: 'OPTION_INVALID', message: /option "handleSignals": expected none in a worker thread/ },
    'handleSignals',
  )
  const off = { path: join(t.testdir(), 'x.log'), handleSignals: false }
  const log = rankLogger({ transport: { target, options: off, thread: true } })
  await new Promise((flushed) => log.flush(flushed))
})

t.test('a target refuses signal options in the worker of plain pino and in a worker of the program', async (t) => {
  const options = { path: 'train.log', handleSignals: true }
  for (const target of ['pino-rank-file', 'pino-rank-split']) {
    const stream = pino.transport({ target, options })
    const error = await new Promise<Error>((failed) => stream.on('error', failed))
    t.match(
      error.message,
      `${target}: option "handleSignals": expected ${expected}, received true; build the logger with`,
    )
  }
  const worker = new Worker(program, { argv: [JSON.stringify({ transport: { target: 'pino-rank-file', options } })] })
  const error = await new Promise<Error>((failed) => worker.on('error', failed))
  t.match(error.message, `option "handleSignals": expected ${expected}`)
})

t.test('invalid signal options and rotateOn without rotate are refused at construction', (t) => {
  const dir = t.testdir()
  for (const target of ['pino-rank-file', 'pino-rank-split']) {
    for (const [options, message] of [
      [{ reopenOn: 'SIGKILL' }, /"reopenOn": expected another signal/],
      [{ rotateOn: 'SIGUSR2' }, /"rotateOn": expected the option "rotate" as well/],
      [{ handleSignals: 'yes' }, /"handleSignals": expected true or false/],
    ] as const) {
      for (const rank of [0, 1]) {
        const transport = { target, options: { path: join(dir, 'train.log'), ...options } }
        const build = () => rankLogger({ rank: { ...self, rank }, transport })
        t.throws(build, { code: 'OPTION_INVALID', message }, `${target}, rank ${rank}`)
      }
    }
  }
  t.strictSame(readdirSync(dir), [])
  t.end()
})
