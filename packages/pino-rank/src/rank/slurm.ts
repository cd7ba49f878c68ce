import { count, type Derived, type Launcher } from './launcher.ts'

// One entry for each run of equal nodes: `5,4(x3)` is 5, 4, 4, 4. A list that ends before this node says nothing.
const localWorldSize: Derived<number> = {
  from: ['SLURM_STEP_TASKS_PER_NODE', 'SLURM_NODEID'],
  derive(list, node) {
    if (list === undefined || node === undefined) return undefined
    let nodes = 0
    for (const entry of list.split(',')) {
      const [, tasks, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(entry) ?? []
      nodes += count(times)
      if (tasks === undefined || Number.isNaN(count(node))) return Number.NaN
      if (count(node) < nodes) return count(tasks)
    }
    return undefined
  },
}

// Each element of a job array has a job id of its own, but users and squeue know it as ARRAY_TASK.
const runKey: Derived<string> = {
  from: ['SLURM_JOB_ID', 'SLURM_STEP_ID', 'SLURM_ARRAY_JOB_ID', 'SLURM_ARRAY_TASK_ID'],
  derive(job, step, arrayJob, arrayTask) {
    const id = arrayJob && arrayTask ? `${arrayJob}_${arrayTask}` : job
    return id && step ? `${id}.${step}` : undefined
  },
}

/**
 * Ranks that srun started (man srun, "OUTPUT ENVIRONMENT VARIABLES"). A batch script's own shell has SLURM_PROCID=0 and
 * SLURM_NTASKS too, but no step: it is no rank. SLURM_RESTART_COUNT is set from the first requeue on.
 */
export const slurm: Launcher = {
  name: 'slurm',
  marker: 'SLURM_PROCID',
  companions: ['SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS'],
  needs: 'SLURM_STEP_ID',
  counts: {
    worldSize: ['SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS'],
    localRank: 'SLURM_LOCALID',
    localWorldSize,
    nodeRank: 'SLURM_NODEID',
    attempt: 'SLURM_RESTART_COUNT',
  },
  runKey,
}
