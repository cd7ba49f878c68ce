/** A run of node:cluster: each process writes its rank, as a JSON line on the primary's stdout. */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { isMainThread, parentPort, Worker as Thread } from 'node:worker_threads'
import { forkRank } from 'pino-rank'
import { resolveRank } from 'pino-rank/sink'

/** Runs a worker to its end, and writes its output. */
async function runWorker(name: string, worker: Worker): Promise<void> {
  const [found] = await once(worker, 'message')
  await once(worker, 'exit')
  tell(name, found)
}

function tell(name: string, found: object): void {
  process.stdout.write(`${JSON.stringify({ name, ...found })}\n`)
}

/** Returns the code of the error that a fork of a fork throws. */
function codeOfFork(): unknown {
  try {
    return forkRank(0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

if (!isMainThread) {
  parentPort?.postMessage(resolveRank())
} else if (cluster.isPrimary) {
  tell('primary', { rank: resolveRank() })
  await runWorker('first', cluster.fork())
  await runWorker('second', cluster.fork())
  await runWorker('replaced', cluster.fork())
  await runWorker('slot 0', forkRank(0))
  await runWorker('slot 0 replaced', forkRank(0, { RANKLOG_WORLD_SIZE: 2 }))
} else {
  const [inThread] = await once(new Thread(new URL(import.meta.url)), 'message')
  process.send?.({ rank: resolveRank(), inThread, forks: codeOfFork() }, () => process.disconnect())
}
