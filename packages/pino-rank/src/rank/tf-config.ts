import { count, type Launcher } from './launcher.ts'

/** The kinds of tasks in the order of their ranks. `master` is the name of the chief in TensorFlow 1. */
const firstKinds = ['chief', 'master', 'worker', 'ps']
/** The kind with the highest ranks, because it takes no part in the training, and most launchers leave it out of the cluster. */
const lastKind = 'evaluator'

interface Task {
  rank: number
  worldSize?: number | undefined
}

const malformed: Task = { rank: Number.NaN }

/**
 * Returns the task that TF_CONFIG describes. Undefined if it describes no cluster (a local run). TensorFlow counts the tasks of
 * each kind from 0. Here a chief is rank 0, and the workers, parameter servers, other tasks and evaluators follow, so that no two
 * tasks have the same rank.
 */
function readTask(text: string): Task | undefined {
  const config = objectFrom(text)
  if (!config) return malformed
  const isSparse = config.cluster === undefined && config.sparseCluster !== undefined
  const { cluster = config.sparseCluster ?? {}, task = {} } = config
  if (!isObject(cluster) || !isObject(task)) return malformed
  const { type, index = '' } = task
  const place = typeof index === 'number' ? index : count(`${index}`)
  const own = Object.keys(cluster)
  if (own.length === 0) return index === '' || place === 0 ? undefined : malformed
  if (typeof type !== 'string' || !Number.isSafeInteger(place) || place < 0) return malformed
  const others = own.filter((kind) => !firstKinds.includes(kind) && kind !== lastKind).sort()
  const kinds = [...firstKinds, ...others, lastKind]
  const sizes = kinds.map((kind) => sizeOf(cluster[kind]))
  const at = kinds.indexOf(type)
  const size = sizes[at]
  const isListed = cluster[type] !== undefined
  if (at < 0 || !(isListed ? size === undefined || place < size : type === lastKind)) return malformed
  const rank = sum(sizes.slice(0, at))
  if (rank === undefined) return malformed
  return { rank: rank + place, worldSize: isListed && !isSparse ? sum(sizes) : undefined }
}

/**
 * Returns the number of tasks. Undefined if it is not known, because only some tasks are listed, as an object of addresses by
 * index.
 */
function sizeOf(tasks: unknown = []): number | undefined {
  return Array.isArray(tasks) ? tasks.length : undefined
}

function sum(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce((total, size) => (total === undefined || size === undefined ? undefined : total + size), 0)
}

function objectFrom(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const from = ['TF_CONFIG']
const expected = 'a JSON object with a cluster, and a task of it (type, index),'

/**
 * A task of a TensorFlow cluster, as Kubeflow's TFJob and Vertex AI describe it
 * (tensorflow.org/api_docs/python/tf/distribute/cluster_resolver/TFConfigClusterResolver).
 */
export const tfConfig: Launcher = {
  name: 'tf-config',
  marker: 'TF_CONFIG',
  needs: (read) => readTask(read('TF_CONFIG') ?? '') !== undefined,
  counts: {
    rank: { from, derive: (text = '') => readTask(text)?.rank, expected },
    worldSize: { from, derive: (text = '') => readTask(text)?.worldSize, expected },
  },
}
