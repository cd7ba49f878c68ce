/** A run of node:cluster. The primary prints the rank that each process finds, as lines of JSON. */
import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { isMainThread, parentPort, Worker as Thread } from 'node:worker_threads'
import { detectRank, explainRank, forkRank } from 'pino-rank'
import { resolveRank } from 'pino-rank/sink'

/** Runs a worker to its end, and writes its output. */
async function runWorker(name: string, worker: Worker): Promise<void> {
  const [found] = await once(worker, 'message')
  if (name === 'first') tell('primary with a worker', primary())
  await once(worker, 'exit')
  tell(name, found)
}

/** Returns what the primary finds about itself. */
function primary(): object {
  return {
    rank: resolveRank(),
    detected: detectRank() ?? null,
    explained: explainRank(),
    pure: explainRank(process.env),
  }
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
  cluster.setupPrimary({ args: ['worker'] })
  tell('primary', primary())
  await runWorker('first', cluster.fork())
  await runWorker('second', cluster.fork())
  await runWorker('replaced', cluster.fork())
  await runWorker('slot 0', forkRank(0))
  await runWorker('slot 0 replaced', forkRank(0, { RANKLOG_WORLD_SIZE: 2 }))
  await runWorker('nested', cluster.fork({ RANK: 1, WORLD_SIZE: 2 }))
  tell('primary without workers', primary())
} else {
  const [inThread] = await once(new Thread(new URL(import.meta.url)), 'message')
  const detected = { given: detectRank() ?? null, pure: detectRank(process.env) ?? null }
  const found = { rank: resolveRank(), detected, explained: explainRank(), inThread, forks: codeOfFork() }
  process.send?.(found, () => process.disconnect())
}
