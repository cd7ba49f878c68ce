/** The example trainer under launchers that start its ranks on one host. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { FitOptions } from '../../../examples/ddp-trainer/dist/kit/fit.js'
import { node, runProcess } from '../../dist/kit/start-process.js'
import { kit, temporary } from './example-programs.ts'
import { missing, tool, torch } from './python.ts'
import { slurmMissing, startSlurm } from './slurm.ts'

interface Launcher {
  /** Why the launcher cannot run here. */
  missing: string | undefined
  words: string[]
  /** Starts what the launcher needs, and returns its variables. */
  start?(t: Test): Promise<NodeJS.ProcessEnv>
}

const ranklog = fileURLToPath(new URL('../../../packages/ranklog/bin/ranklog.js', import.meta.url))
const launchers: Record<string, Launcher> = {
  'ranklog run': { missing: undefined, words: [...node, ranklog, 'run', '-n', '4', '--'] },
  torchrun: {
    missing: missing(torch),
    words: [tool('torchrun', torch), '--no-python', '--nproc-per-node', '4', '--standalone'],
  },
  srun: { missing: slurmMissing(), words: ['/usr/bin/srun', '--ntasks', '4'], start: startSlurm },
}

/** The parameters that the ranks of a script without a launcher train. */
let expected: string | undefined

t.before(async () => {
  const parameters = join(temporary(t), 'parameters')
  const { code, stderr } = await runProcess(t, kit('fit', { devices: 4, parameters } satisfies FitOptions))
  if (code !== 0) throw new Error(stderr)
  expected = readFileSync(`${parameters}.0`, 'utf8')
})

for (const [name, { missing, words, start }] of Object.entries(launchers))
  t.test(
    `${name}: four ranks train the same parameters as without a launcher`,
    { skip: missing ?? false },
    async (t) => {
      const parameters = join(temporary(t), 'parameters')
      const program = kit('fit', { devices: 4, parameters } satisfies FitOptions)
      const { code, stderr } = await runProcess(t, [...words, ...program], { env: (await start?.(t)) ?? {} })
      t.equal(code, 0, stderr)
      for (const rank of [0, 1, 2, 3]) t.equal(readFileSync(`${parameters}.${rank}`, 'utf8'), expected)
    },
  )
