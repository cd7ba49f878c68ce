import { writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { MpiChannel } from './mpi-channel.ts'
import { initializeMpi, type Mpi } from './mpi-library.ts'
import type { RingChannel } from './ring-channel.ts'
import type { RankOfJob } from './world-size.ts'

/**
 * Connects the ranks of a job by MPI. The environment variable DDP_MPI_LIBRARY overrides which library is loaded. At the exit a rank
 * calls MPI_Finalize; after a failure it calls MPI_Abort, so that mpirun ends the other ranks.
 *
 * @throws {Error} that says what to do, if mpirun did not start this process, or koffi or the MPI library cannot be loaded
 */
export async function openMpiChannel(
  { rank, worldSize, launcher }: RankOfJob,
  env: NodeJS.ProcessEnv = process.env,
): Promise<RingChannel> {
  const path = env.DDP_MPI_LIBRARY
  if (!['openmpi', 'hydra'].includes(launcher) && !path) {
    const what = `DDP_COLLECTIVES=mpi is for ranks that mpirun starts, but the launcher is ${launcher}`
    throw new Error(`Trainer: ${what}. Start the script with mpirun, or set DDP_MPI_LIBRARY to the library of your MPI`)
  }
  const mpi = await initializeMpi(launcher, path)
  if (mpi.rank !== rank || mpi.worldSize !== worldSize) {
    const found = `rank ${mpi.rank} of ${mpi.worldSize}, but the launcher (${launcher}) says rank ${rank} of ${worldSize}`
    const fix = 'The library belongs to another MPI than mpirun: set DDP_MPI_LIBRARY to the right one, on all ranks'
    throw new Error(`Trainer: for the MPI library this is ${found}. ${fix}`)
  }
  let hasFailed = false
  const channel = new MpiChannel(mpi, () => {
    hasFailed = true
    abortAtExit(mpi)
  })
  runLastAtExit((exitCode) => {
    if (hasFailed || exitCode !== 0) return // mpirun ends the other ranks
    channel.cancelReceives()
    mpi.finalize()
  })
  return channel
}

/**
 * Adds an 'exit' listener that stays the last one: the sinks write their records before it, also those of later loggers. An exception is
 * a listener that is added immediately before `process.exit()`, in the same turn.
 */
function runLastAtExit(listener: (exitCode: number) => void): void {
  process.on('exit', listener)
  process.on('newListener', (event, added) => {
    if (event !== 'exit' || added === listener) return
    queueMicrotask(() => process.off('exit', listener).on('exit', listener)) // Node adds the new one after this event
  })
}

/** Ends all ranks when this process exits, after the 'exit' listeners of the sinks, which were added before. */
function abortAtExit(mpi: Mpi): void {
  let uncaught: unknown
  process.once('uncaughtExceptionMonitor', (error) => {
    uncaught = error
  })
  process.on('exit', (exitCode) => {
    if (uncaught !== undefined) writeSync(2, `${inspect(uncaught)}\n`) // Node would print it after this listener
    mpi.abort(exitCode || 1)
  })
}
