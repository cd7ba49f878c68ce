import type { Cluster } from 'node:cluster'

/** node:cluster, loaded when it is asked for: it takes 3 ms, and most programs never fork. */
export function nodeCluster(): Cluster {
  // @types/node types what `import *` gives; this is the module itself, i.e. its default export.
  return process.getBuiltinModule('node:cluster') as unknown as Cluster
}
