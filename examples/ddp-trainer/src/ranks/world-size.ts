import type { RankInfo } from 'pino-rank'

/** A rank that has a world size. */
export type RankOfJob = RankInfo & { worldSize: number }

export interface NumberOfRanks {
  /** Number of ranks on each host. */
  devices: number
  /** Number of hosts. Undefined: one without a launcher, else what the launcher says. */
  numNodes: number | undefined
}

/**
 * Returns the number of ranks of the job. Under a launcher, that of the launcher.
 *
 * @param launched what the launcher says about this process; undefined without a launcher
 * @throws {Error} if the ranks should be on several hosts and no launcher starts them, or if the launcher has another number of ranks
 */
export function worldSizeOf({ devices, numNodes }: NumberOfRanks, launched: RankInfo | undefined): number {
  if (!launched) {
    if (numNodes === undefined || numNodes === 1) return devices
    throw new Error(
      `Trainer: numNodes is ${numNodes}, but a script starts ranks only on its own host. Start it on each host with a launcher, ` +
        `for example: ranklog run -n ${devices} --nnodes ${numNodes} --node-rank N --master HOST:29500 --run-id ID node SCRIPT`,
    )
  }
  const { worldSize, launcher } = launched
  if (!worldSize) throw new Error(`Trainer: ${launcher} does not set the number of ranks; set RANKLOG_WORLD_SIZE`)
  if (numNodes !== undefined && devices * numNodes !== worldSize)
    throw new Error(
      `Trainer: devices ${devices} × numNodes ${numNodes} is ${devices * numNodes}, but ${launcher} has started ${worldSize} ranks; ` +
        'give the numbers of the launcher, or leave out numNodes',
    )
  return worldSize
}
