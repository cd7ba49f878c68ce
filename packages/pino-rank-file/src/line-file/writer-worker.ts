/** Entry of the writer thread: appends each batch that it receives, and acknowledges it. */
import { workerData } from 'node:worker_threads'
import type { AppendFile } from '../append/index.ts'
import { type AppendSinkSettings, appendSink } from './append-sink.ts'
import { writeBatch } from './write-batch.ts'
import { ackCell, batchState, type Reply, type Request, stateCell, type WorkerData } from './writer-protocol.ts'

const { sink: settings, port, cells } = workerData as WorkerData

let sink = open(settings)
let bytes: Buffer = Buffer.alloc(0)

port.on('message', (request: Request) => {
  if (request === 'reopen') sink.close()
  else if (request === 'rotate') sink.rotate()
  else if (request === 'close') {
    endSink()
    port.close()
  } else if ('sink' in request) {
    endSink()
    sink = open(request.sink)
  } else if ('bytes' in request) bytes = Buffer.from(request.bytes)
  else if (tryBegin()) {
    port.postMessage(write(bytes.subarray(0, request.length), request.sync))
    Atomics.add(cells, ackCell, 1)
    Atomics.notify(cells, ackCell)
  }
})

function open(settings: AppendSinkSettings): AppendFile {
  const { shared } = settings
  return appendSink({ ...settings, shared: shared && { ...shared, isReporter: false } })
}

function endSink(): void {
  sink.end()
  sink.close()
}

/** Marks the submitted batch as begun. Returns false if it was taken back. */
function tryBegin(): boolean {
  const { submitted, begun } = batchState
  return Atomics.compareExchange(cells, stateCell, submitted, begun) === submitted
}

function write(lines: Buffer, sync: boolean): Reply {
  const startedAt = performance.now()
  const { taken, error } = writeBatch(sink, lines, sync)
  const ms = performance.now() - startedAt
  return error ? { taken, ms, fault: { message: error.message, code: error.code } } : { taken, ms }
}
