import type { Collectives, CollectivesLimits } from './collectives.ts'
import { Ring } from './ring.ts'
import type { RingChannel } from './ring-channel.ts'
import { ringDirectory } from './ring-directory.ts'
import { SocketChannel } from './socket-channel.ts'
import { addressText, rendezvousAddress } from './tcp-address.ts'
import { joinTcpRing } from './tcp-ring.ts'
import { joinUnixRing } from './unix-ring.ts'
import type { RankOfJob } from './world-size.ts'

/** How the ranks of a job are connected. */
const kinds = ['unix', 'tcp', 'mpi'] as const
export type CollectivesKind = (typeof kinds)[number]

/**
 * Connects the ranks of a job: by Unix sockets if all of them are on this host, else by TCP. The environment variable
 * DDP_COLLECTIVES overrides this: `unix`, `tcp` or `mpi`.
 */
export async function openCollectives(info: RankOfJob, limits: CollectivesLimits = {}): Promise<Collectives> {
  const { rank, worldSize } = info
  return new Ring(rank, worldSize, worldSize > 1 ? await openChannel(info) : undefined, limits)
}

async function openChannel(info: RankOfJob): Promise<RingChannel> {
  const { rank, worldSize, launcher, attempt = 0 } = info
  const kind = collectivesKind(info)
  if (kind === 'mpi') return (await import('./mpi.ts')).openMpiChannel(info)
  if (kind === 'unix')
    return new SocketChannel(await joinUnixRing({ rank, worldSize, directory: await ringDirectory(info) }))
  const rendezvous = rendezvousAddress(launcher)
  const runKey = info.runKey ?? addressText(rendezvous) // without a run key, only their addresses distinguish jobs
  return new SocketChannel(await joinTcpRing({ rank, worldSize, attempt, runKey, rendezvous }))
}

/** Returns how the ranks are connected. */
export function collectivesKind(
  { worldSize, localWorldSize = worldSize }: RankOfJob,
  env: NodeJS.ProcessEnv = process.env,
): CollectivesKind {
  const isOneHost = localWorldSize === worldSize
  const kind = env.DDP_COLLECTIVES || (isOneHost ? 'unix' : 'tcp')
  if (!isKind(kind)) throw new Error(`Trainer: DDP_COLLECTIVES must be unix, tcp or mpi, not ${JSON.stringify(kind)}`)
  if (kind === 'unix' && !isOneHost)
    throw new Error('Trainer: DDP_COLLECTIVES=unix is for one host, but the ranks are on several hosts')
  return kind
}

function isKind(text: string): text is CollectivesKind {
  return kinds.includes(text as CollectivesKind)
}
