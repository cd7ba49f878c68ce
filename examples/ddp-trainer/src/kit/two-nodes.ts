import type { FitOptions } from './fit.ts'
import { freePort } from './free-port.ts'
import { type NodeRun, runNode } from './run-node.ts'

const worldSize = 4

/**
 * Starts `kit/fit.ts` as four ranks, on two nodes with two ranks each or on one node. Each process has the variables that torchrun sets.
 * The nodes are this host: the ranks connect on its loopback address.
 */
export async function fitOnNodes(nodes: 1 | 2, options: Omit<FitOptions, 'devices'>): Promise<NodeRun[]> {
  const localWorldSize = worldSize / nodes
  const port = await freePort()
  return Array.from({ length: worldSize }, (_, rank) => {
    const env = {
      RANK: rank,
      WORLD_SIZE: worldSize,
      LOCAL_RANK: rank % localWorldSize,
      LOCAL_WORLD_SIZE: localWorldSize,
      GROUP_RANK: Math.floor(rank / localWorldSize),
      GROUP_WORLD_SIZE: nodes,
      MASTER_ADDR: '127.0.0.1',
      MASTER_PORT: port - 1, // of the store of torchrun
      TORCHELASTIC_RUN_ID: 'none',
      TORCHELASTIC_RESTART_COUNT: 0,
      TORCHELASTIC_USE_AGENT_STORE: 'True',
    }
    const texts = Object.entries(env).map(([name, value]) => [name, `${value}`])
    const args = [JSON.stringify({ devices: worldSize, ...options } satisfies FitOptions)]
    return runNode('kit/fit.js', { args, env: Object.fromEntries(texts) })
  })
}
