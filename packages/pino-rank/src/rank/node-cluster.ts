import type { Cluster } from 'node:cluster'

/** The part of node:cluster that says what this process is in it. */
export interface ClusterLike {
  worker?: { id: number } | undefined
  /** True in all processes but workers, also where node:cluster is not used. @default false */
  isPrimary?: boolean | undefined
  /** The workers of a primary that run, by id. @default none */
  workers?: object | undefined
}

/** Modules of node:cluster whose process has forked. Its workers may all have ended since. */
const primaries = new WeakSet<ClusterLike>()
let isWatched = false

/** node:cluster, loaded when it is asked for: it takes 3 ms, and most programs never fork. */
export function nodeCluster(): Cluster {
  // @types/node types what `import *` gives; this is the module itself, i.e. its default export.
  const cluster = process.getBuiltinModule('node:cluster') as unknown as Cluster
  if (cluster.isPrimary && !isWatched) cluster.once('fork', () => primaries.add(cluster))
  isWatched = true
  return cluster
}

/** Returns node:cluster in processes that may be its workers: those have a channel to their primary. */
export function clusterOfWorker(): Cluster | undefined {
  return process.connected ? nodeCluster() : undefined
}

/** Reports whether this process is a primary that has forked. Before its first worker it looks like any other program. */
export function hasForked(cluster: ClusterLike | undefined): boolean {
  if (!cluster?.isPrimary) return false
  if (Object.keys(cluster.workers ?? {}).length > 0) primaries.add(cluster)
  return primaries.has(cluster)
}
