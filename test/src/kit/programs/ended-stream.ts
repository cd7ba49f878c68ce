/**
 * Logs a run to a stream of each sink, and then does `action`: most end the streams and the process in some way. `sinks` is
 * a list of modules and options. Usage: `way sinks action`.
 */
import { once } from 'node:events'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { logExit, type MetricStream } from 'pino-rank-metrics'
import type { MetricSink } from '../metric-sink.ts'

const [way, json, action] = process.argv.slice(2) as [string, string, string]
const given = JSON.parse(json) as { module: string; options: object }[]

function open(sink: MetricSink, options: object): { log: pino.Logger; stream: MetricStream } {
  if (way === 'stream') {
    const stream = sink.stream(options) as MetricStream
    return { log: pino(stream), stream }
  }
  const target = { target: sink.name, options }
  if (way === 'rankLogger') {
    const log = rankLogger({ transport: target })
    return { log, stream: log[pino.symbols.streamSym as never] as MetricStream }
  }
  const transport = pino.transport(target)
  const log = pino(transport)
  if (way === 'logExit') logExit(log)
  return { log, stream: transport as never }
}

const sinks = await Promise.all(
  given.map(async ({ module, options }) => ({ sink: (await import(module)).sink as MetricSink, options })),
)
const opened = sinks.map(({ sink, options }) => open(sink, options))
for (const { log } of opened) {
  log.info({ hparams: { lr: 0.1 } })
  log.info({ metrics: { loss: 1 }, step: 1 })
}
const endAll = () => {
  for (const { stream } of opened) stream.end()
}
const end = async () => {
  const keepAlive = setInterval(() => {}, 60_000) // a worker does not keep the process alive
  const closed = opened.map(({ stream }) => once(stream, 'close'))
  endAll()
  await Promise.all(closed)
  clearInterval(keepAlive)
}
const actions: Record<string, () => unknown> = {
  'end()': endAll,
  'end() and process.exit(3)': () => {
    endAll()
    process.exit(3)
  },
  'end(), closed, and process.exit(3)': async () => {
    await end()
    process.exit(3)
  },
  'end(), closed, and process.exitCode = 3 later': async () => {
    await end()
    setImmediate(() => {
      process.exitCode = 3
    })
  },
  'end() and an exception': () => {
    endAll()
    throw new Error('on purpose')
  },
  'end(), closed, and an exception': async () => {
    await end()
    setImmediate(() => {
      throw new Error('on purpose')
    })
  },
  'end() and a SIGTERM that is handled': async () => {
    process.once('SIGTERM', () => process.exit(143))
    await end()
    process.kill(process.pid, 'SIGTERM')
    setInterval(() => {}, 60_000)
  },
  'end() in an exit handler': () => {
    process.on('exit', endAll)
    process.exitCode = 3
  },
  'end() in a clean exit handler': () => process.on('exit', endAll),
  'destroy()': () => {
    for (const { stream } of opened) stream.destroy()
  },
  'a recorded end, end() and process.exit(3)': async () => {
    for (const { log } of opened) log.info({ run: { status: 'finished' } })
    await end()
    process.exit(3)
  },
  'end(), another run, and process.exit(3)': async () => {
    await end()
    for (const { sink, options } of sinks) sink.stream(options)
    process.exit(3)
  },
  'no end': () => {},
  'no end and process.exit(3)': () => process.exit(3),
}
await actions[action]?.()
