import { count, type Derived, type Launcher } from './launcher.ts'

// Lightning does not pass the number of nodes on to its children. The number of ranks on a node is known only if the user sets a
// variable for it.
const localWorldSize: Derived<number> & { from: readonly string[] } = {
  from: ['LOCAL_WORLD_SIZE', 'WORLD_SIZE', 'NUM_NODES', 'PL_TRAINER_NUM_NODES'],
  derive(localWorld, world, nodes, trainerNodes) {
    if (localWorld !== undefined) return count(localWorld)
    const known = nodes ?? trainerNodes
    return known === undefined ? undefined : count(world) / count(known)
  },
}

const rank: Derived<number> = {
  from: ['LOCAL_RANK', 'NODE_RANK', 'GROUP_RANK', ...localWorldSize.from],
  derive(localRank, node, group, ...localWorld) {
    const nodeRank = count(node ?? group ?? '0') // as Lightning reads an unset NODE_RANK
    if (nodeRank === 0) return count(localRank)
    const perNode = localWorldSize.derive(...localWorld)
    return perNode === undefined ? undefined : nodeRank * perNode + count(localRank)
  },
}

/**
 * PyTorch Lightning, if it starts the ranks itself. It numbers them node by node and sets no RANK
 * (lightning/fabric/plugins/environments/lightning.py). LOCAL_RANK alone is never the rank, because every node has a local rank
 * 0.
 */
export const lightning: Launcher = {
  name: 'lightning',
  marker: 'LOCAL_RANK',
  companions: ['WORLD_SIZE'],
  unless: 'RANK',
  counts: {
    rank,
    worldSize: 'WORLD_SIZE',
    localRank: 'LOCAL_RANK',
    localWorldSize,
    nodeRank: ['NODE_RANK', 'GROUP_RANK'],
  },
}
