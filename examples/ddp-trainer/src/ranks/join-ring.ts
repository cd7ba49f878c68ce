import type { RankInfo } from 'pino-rank'
import { Ring } from './ring.ts'
import { ringDirectory } from './ring-directory.ts'
import type { RingSockets } from './ring-link.ts'
import { addressText, rendezvousAddress } from './tcp-address.ts'
import { joinTcpRing } from './tcp-ring.ts'
import { joinUnixRing } from './unix-ring.ts'

/** A rank that has a world size. */
export type RankOfJob = RankInfo & { worldSize: number }

/**
 * Connects the ranks of a job in a ring: by Unix sockets if all of them are on this host, else by TCP. The environment variable
 * DDP_RING overrides this: `unix` or `tcp`.
 */
export async function joinRing(info: RankOfJob): Promise<Ring> {
  const { rank, worldSize } = info
  return new Ring(rank, worldSize, worldSize > 1 ? await connectNeighbours(info) : undefined)
}

async function connectNeighbours(info: RankOfJob): Promise<RingSockets> {
  const { rank, worldSize, launcher, attempt = 0 } = info
  if (ringKind(info) === 'unix') return joinUnixRing({ rank, worldSize, directory: await ringDirectory(info) })
  const rendezvous = rendezvousAddress(launcher)
  const runKey = info.runKey ?? addressText(rendezvous) // without a run key, only their addresses distinguish jobs
  return joinTcpRing({ rank, worldSize, attempt, runKey, rendezvous })
}

/** Returns how the ranks connect. */
export function ringKind(
  { worldSize, localWorldSize = worldSize }: RankOfJob,
  env: NodeJS.ProcessEnv = process.env,
): 'unix' | 'tcp' {
  const isOneHost = localWorldSize === worldSize
  const kind = env.DDP_RING || (isOneHost ? 'unix' : 'tcp')
  if (kind !== 'unix' && kind !== 'tcp')
    throw new Error(`Trainer: DDP_RING must be unix or tcp, not ${JSON.stringify(kind)}`)
  if (kind === 'unix' && !isOneHost)
    throw new Error('Trainer: DDP_RING=unix is for one host, but the ranks are on several hosts')
  return kind
}
