/** The thread of a {@link FileWriterThread}: appends the batches that it is sent, and acknowledges each. */
import { workerData } from 'node:worker_threads'
import { appendSink } from './append-sink.ts'
import type { Reply, Request, WorkerData } from './file-writer-thread.ts'
import { writeBatch } from './write-batch.ts'

const { sink: settings, port, acks } = workerData as WorkerData
const { shared } = settings
const sink = appendSink({ ...settings, shared: shared && { ...shared, isReporter: false } })

let bytes: Buffer = Buffer.alloc(0)

port.on('message', (request: Request) => {
  if (request === 'reopen') sink.close()
  else if (request === 'rotate') sink.rotate()
  else if (request === 'close') {
    sink.end()
    sink.close()
    port.close()
  } else if ('bytes' in request) bytes = Buffer.from(request.bytes)
  else {
    port.postMessage(write(bytes.subarray(0, request.length), request.sync))
    Atomics.add(acks, 0, 1)
    Atomics.notify(acks, 0)
  }
})

function write(lines: Buffer, sync: boolean): Reply {
  const { taken, error } = writeBatch(sink, lines, sync)
  return error ? { taken, fault: { message: error.message, code: error.code } } : { taken }
}
