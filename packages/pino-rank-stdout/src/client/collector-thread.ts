import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { reportLine } from 'pino-rank/sink'
import { type CollectorOptions, tryStartCollector } from '../collector/index.ts'

const pollMs = 5

/** The data that the thread starts with. */
export interface CollectorData {
  options: CollectorOptions
  /** Becomes 1 when the collector has written all lines, or cannot start. */
  done: Int32Array
}

/** Sent when the process begins to end. It ends the collector's start window. */
export type StartMessage = 'start'

/** Sent after {@link StartMessage}, when the lines of this rank are written. */
export interface EndMessage {
  /** How long the collector waits for the other ranks, in ms. */
  lingerMs: number
  /** 1 if the rank of this process is connected, else 0. */
  ownConnections: 0 | 1
}

const { options, done } = workerData as CollectorData
const starting = tryStartCollector(options, false).catch(({ message }: Error) => {
  const why = message.replace(/^pino-rank-stdout: /, '')
  reportLine(`pino-rank-stdout: option "collector": ${why}; ranks write to their own stdout`)
})
void starting.then((collector) => collector ?? end())
parentPort?.on('message', async (message: StartMessage | EndMessage) => {
  const collector = await starting
  if (message === 'start') return collector?.start()
  const { lingerMs, ownConnections } = message
  const until = performance.now() + lingerMs
  while (collector && collector.stats().connected > ownConnections && performance.now() < until) await pause(pollMs)
  await collector?.closeNow()
  end()
})

function end(): void {
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
}
