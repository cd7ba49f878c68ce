import t from 'tap'
import { detectRank, explainRank } from './detect-rank.ts'
import { type Env, launcherCases } from './launcher-cases.test-kit.ts'

/** Matches variables that are not counts: any text is valid. */
const texts =
  /^(MASTER_ADDR|MASTER_PORT|.*_RUN_ID|.*_FILE|PMIX_NAMESPACE|.*_APID|.*_JOB_?ID|CLOUD_RUN_EXECUTION|.*_ADDRESS|SLURM_STEP_ID|pm_id|restart_time|instances)$/

const errorOf = (env: Env) => explainRank(env).error
const srun = { SLURM_JOB_ID: '5', SLURM_STEP_ID: '0', SLURM_PROCID: '0', SLURM_NTASKS: '1', SLURM_STEP_NUM_TASKS: '1' }

const slurm = launcherCases.findIndex(({ launcher }) => launcher === 'slurm')

for (const [row, { launcher, env, is, pair, secondNode, restarted }] of launcherCases.entries()) {
  t.test(launcher, async (t) => {
    t.same(detectRank(env), { ...is, launcher }, 'one node')
    if (secondNode) t.match(detectRank({ ...env, ...secondNode[0] }), { ...secondNode[1], launcher }, 'second node')
    if (restarted) t.same(detectRank({ ...env, ...restarted[0] }), { ...is, ...restarted[1], launcher }, 'restarted')
    if (row < slurm) {
      t.same(detectRank({ ...env, ...srun }), { ...is, launcher }, 'nested in Slurm')
      t.match(explainRank({ ...env, ...srun }).lost.at(-1), { launcher: 'slurm', variables: { SLURM_PROCID: '0' } })
    }
    t.equal(detectRank({ ...env, RANKLOG_RUN_ID: 'mine' })?.runKey, 'mine', 'the run key is given by name')

    const [marker, companion] = pair
    t.not(explainRank({ ...env, [marker]: '' }).launcher, launcher, 'an empty marker is unset')
    if (companion) {
      const error = errorOf({ ...env, [companion]: '' })
      t.equal(error?.code, 'RANK_INCOMPLETE')
      t.match(error?.message, new RegExp(`${companion}\\b.*${marker}=${env[marker]}`), 'an empty pair is unset')
    }

    for (const variable of Object.keys(env).filter((name) => !texts.test(name))) {
      for (const bad of ['x', '-1', '1e3', '1.5', '0x1', '+1', ' 1', '9007199254740992', 'Infinity']) {
        const error = errorOf({ ...env, [variable]: bad })
        t.equal(error?.code, 'RANK_MALFORMED', `${variable}=${bad}`)
        t.match(error?.message, `"${variable}":"${bad}"`, `names ${variable}=${bad}`)
      }
    }

    if (is.worldSize !== undefined) {
      const error = errorOf({ ...env, [marker]: '2' })
      t.equal(error?.code, 'RANK_OUT_OF_RANGE')
      t.match(error?.message, new RegExp(`"${marker}":"2",.*:"2"`), 'names both')
    }
  })
}
