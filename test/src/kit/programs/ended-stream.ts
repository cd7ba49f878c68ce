/** Logs a run, ends its stream, and continues in one of several ways: `module way options action`. */
import { once } from 'node:events'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { logExit, type MetricStream } from 'pino-rank-metrics'
import type { MetricSink } from '../metric-sink.ts'

const [module, way, json, action] = process.argv.slice(2) as [string, string, string, string]
const { sink }: { sink: MetricSink } = await import(module)
const options = JSON.parse(json)
const target = { target: sink.name, options }

function open(): { log: pino.Logger; stream: MetricStream } {
  if (way === 'stream') {
    const stream = sink.stream(options) as MetricStream
    return { log: pino(stream), stream }
  }
  if (way === 'rankLogger') {
    const log = rankLogger({ transport: target })
    return { log, stream: log[pino.symbols.streamSym as never] as MetricStream }
  }
  const transport = pino.transport(target)
  const log = pino(transport)
  if (way === 'logExit') logExit(log)
  return { log, stream: transport as never }
}

const { log, stream } = open()
log.info({ hparams: { lr: 0.1 } })
log.info({ metrics: { loss: 1 }, step: 1 })
const end = async () => {
  const keepAlive = setInterval(() => {}, 60_000) // a worker does not keep the process alive
  stream.end()
  await once(stream, 'close')
  clearInterval(keepAlive)
}
const actions: Record<string, () => unknown> = {
  'end()': () => stream.end(),
  'end() and process.exit(3)': () => {
    stream.end()
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
    stream.end()
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
    process.on('exit', () => stream.end())
    process.exitCode = 3
  },
  'end() in a clean exit handler': () => process.on('exit', () => stream.end()),
  'destroy()': () => stream.destroy(),
  'a told end, end() and process.exit(3)': async () => {
    log.info({ run: { status: 'finished' } })
    await end()
    process.exit(3)
  },
  'end(), another run, and process.exit(3)': async () => {
    await end()
    sink.stream(options)
    process.exit(3)
  },
  'no end': () => {},
  'no end and process.exit(3)': () => process.exit(3),
}
await actions[action]?.()
