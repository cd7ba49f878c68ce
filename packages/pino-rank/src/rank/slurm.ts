import { count, type Derived, type Launcher, type Read } from './launcher.ts'

/**
 * The number of tasks of the step. In a heterogeneous step SLURM_STEP_NUM_TASKS counts the tasks of all components, and
 * SLURM_PROCID numbers them across components. SLURM_NTASKS may count those of one component
 * (slurm.schedmd.com/heterogeneous_jobs.html).
 */
const worldSize: Derived<number> = {
  from(read) {
    if (isHeterogeneous(read)) return ['SLURM_STEP_NUM_TASKS', 'SLURM_PROCID', 'SLURM_HET_SIZE']
    return [
      read('SLURM_NTASKS') === undefined || read('SLURM_STEP_NUM_TASKS') ? 'SLURM_STEP_NUM_TASKS' : 'SLURM_NTASKS',
    ]
  },
  derive: (tasks, rank) => (tasks === undefined ? undefined : sizeFor(rank, count(tasks))),
}

// The list has an entry for each run of equal nodes: `5,4(x3)` is 5, 4, 4, 4. If it ends before this node, the size is unknown.
const localWorldSize: Derived<number> = {
  from: (read) => [
    ...['SLURM_STEP_TASKS_PER_NODE', 'SLURM_NODEID'],
    ...(isHeterogeneous(read) ? ['SLURM_LOCALID', 'SLURM_HET_SIZE'] : []),
  ],
  derive(list, node, localRank) {
    if (list === undefined || node === undefined) return undefined
    return sizeFor(localRank, tasksOf(list, count(node)))
  },
}

function isHeterogeneous(read: Read): boolean {
  return Number(read('SLURM_HET_SIZE')) > 1
}

/**
 * Returns a size. Returns undefined if the rank is not below it, because then it is only the size of one component.
 *
 * @param rank the rank to check. Undefined if it is not checked
 */
function sizeFor(rank: string | undefined, size: number | undefined): number | undefined {
  return rank !== undefined && size !== undefined && size <= count(rank) ? undefined : size
}

/** Returns the number of tasks on a node. Undefined if the list ends before the node, NaN if it is malformed. */
function tasksOf(list: string, node: number): number | undefined {
  let nodes = 0
  for (const entry of list.split(',')) {
    const [, tasks, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(entry) ?? []
    nodes += count(times)
    if (tasks === undefined || Number.isNaN(node)) return Number.NaN
    if (node < nodes) return count(tasks)
  }
  return undefined
}

// Each element of a job array has a job id of its own, but users and squeue name it ARRAY_TASK.
const runKey: Derived<string> = {
  from: ['SLURM_JOB_ID', 'SLURM_STEP_ID', 'SLURM_ARRAY_JOB_ID', 'SLURM_ARRAY_TASK_ID'],
  derive(job, step, arrayJob, arrayTask) {
    const id = arrayJob && arrayTask ? `${arrayJob}_${arrayTask}` : job
    return id && step ? `${id}.${step}` : undefined
  },
}

/**
 * Ranks that srun started (man srun, "OUTPUT ENVIRONMENT VARIABLES"). The shell of a batch script also has SLURM_PROCID=0 and
 * SLURM_NTASKS, but no step, so it is not a rank. SLURM_RESTART_COUNT is set from the first requeue on.
 */
export const slurm: Launcher = {
  name: 'slurm',
  marker: 'SLURM_PROCID',
  companions: ['SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS'],
  needs: 'SLURM_STEP_ID',
  counts: {
    worldSize,
    localRank: 'SLURM_LOCALID',
    localWorldSize,
    nodeRank: 'SLURM_NODEID',
    attempt: 'SLURM_RESTART_COUNT',
  },
  runKey,
}
