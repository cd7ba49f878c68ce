import type { Cluster } from 'node:cluster'

/** The part of node:cluster that shows the role of this process. */
export interface ClusterLike {
  worker?: { id: number } | undefined
  /** True in all processes but workers, also where node:cluster is not used. @default false */
  isPrimary?: boolean | undefined
  /** The running workers of a primary, by id. @default none */
  workers?: object | undefined
}

/** The modules of node:cluster in processes that have forked, even if all workers have ended since. */
const primaries = new WeakSet<ClusterLike>()
let isWatched = false

/** Returns node:cluster. It is loaded on demand, because loading delays the start, and most programs never fork. */
export function nodeCluster(): Cluster {
  // @types/node types what `import *` gives; this is the module itself, i.e. its default export.
  const cluster = process.getBuiltinModule('node:cluster') as unknown as Cluster
  if (cluster.isPrimary && !isWatched) cluster.once('fork', () => primaries.add(cluster))
  isWatched = true
  return cluster
}

/** Returns node:cluster in a process that may be a worker of it, because it has a channel to a parent. Undefined in others. */
export function clusterOfWorker(): Cluster | undefined {
  return process.connected ? nodeCluster() : undefined
}

/** Reports whether this process is a primary that has forked. Before its first worker it looks like any other program. */
export function hasForked(cluster: ClusterLike | undefined): boolean {
  if (!cluster?.isPrimary) return false
  if (Object.keys(cluster.workers ?? {}).length > 0) primaries.add(cluster)
  return primaries.has(cluster)
}
