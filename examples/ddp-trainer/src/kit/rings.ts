import type { Test } from 'tap'
import type { CollectivesLimits } from '../ranks/collectives.ts'
import { Ring } from '../ranks/ring.ts'
import { SocketChannel } from '../ranks/socket-channel.ts'
import { joinTcpRing } from '../ranks/tcp-ring.ts'
import { joinUnixRing } from '../ranks/unix-ring.ts'
import { freePort } from './free-port.ts'
import { temporary } from './temporary.ts'

export const ringKinds = ['unix', 'tcp'] as const

/** Returns the channels of all ranks of a job, in this process. They are closed after the test. */
export async function joinChannels(
  t: Test,
  kind: (typeof ringKinds)[number],
  worldSize: number,
): Promise<SocketChannel[]> {
  const directory = temporary(t)
  const rendezvous = { host: '127.0.0.1', port: await freePort() }
  const join = async (rank: number) => {
    const place = { rank, worldSize }
    const sockets =
      kind === 'unix'
        ? await joinUnixRing({ ...place, directory })
        : await joinTcpRing({ ...place, rendezvous, runKey: 'run', attempt: 0 })
    return new SocketChannel(sockets)
  }
  const channels = await Promise.all(Array.from({ length: worldSize }, (_, rank) => join(rank)))
  t.teardown(() => {
    for (const channel of channels) channel.close()
  })
  return channels
}

/** Returns the rings of all ranks of a job, in this process. They are closed after the test. */
export async function joinRings(
  t: Test,
  kind: (typeof ringKinds)[number],
  worldSize: number,
  limits: CollectivesLimits = {},
): Promise<Ring[]> {
  if (worldSize === 1) return [new Ring(0, 1)]
  const channels = await joinChannels(t, kind, worldSize)
  const rings = channels.map((channel, rank) => new Ring(rank, worldSize, channel, limits))
  t.teardown(() => {
    for (const ring of rings) ring.close()
  })
  return rings
}
