import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { processStatus } from './process-status.ts'

const text = `Name:\tnode
VmPeak:\t 1190312 kB
VmHWM:\t   51000 kB
VmRSS:\t   50000 kB
Threads:\t11
NoNewPrivs:\t0
`

t.test('threads, resident set and its peak are read from the text of /proc/self/status', async (t) => {
  t.same(processStatus(text), { threads: 11, rss: 51.2, peakRss: 52.224 })
})

t.test('a value that the system does not report is NaN', async (t) => {
  t.same(processStatus(''), { threads: Number.NaN, rss: Number.NaN, peakRss: Number.NaN })
})

t.test('a new worker thread raises the number of threads', { skip: process.platform !== 'linux' }, async (t) => {
  const before = processStatus().threads
  const worker = new Worker('require("node:worker_threads").parentPort.once("message", () => {})', { eval: true })
  await once(worker, 'online')
  t.ok(processStatus().threads > before)
  worker.postMessage('end')
  await once(worker, 'exit')
})
