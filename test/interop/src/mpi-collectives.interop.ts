/** The collectives of the example trainer over MPI: its suite, a fit, and ranks that fail, under the mpirun of both MPIs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { CollectivesRankOptions } from '../../../examples/ddp-trainer/dist/kit/collectives-rank.js'
import { type CollectivesCase, collectivesSuite } from '../../../examples/ddp-trainer/dist/kit/collectives-suite.js'
import type { FitOptions } from '../../../examples/ddp-trainer/dist/kit/fit.js'
import type { HungFitOptions } from '../../../examples/ddp-trainer/dist/kit/hung-fit.js'
import type { MpiExitOptions } from '../../../examples/ddp-trainer/dist/kit/mpi-exit.js'
import { type Exit, runProcess, startProcess } from '../../dist/kit/start-process.js'
import { kit, temporary } from './example-programs.ts'
import { mpis } from './mpi.ts'

/** Time in which all ranks must have ended after a rank has failed, in ms. */
const limitMs = 10_000

/** Variables of the ranks. MPICH gives a job no id, which Unix sockets need. */
const env = (collectives: string) => ({ DDP_COLLECTIVES: collectives, RANKLOG_RUN_ID: `mpi-${process.pid}` })

/** Returns cases that can use the same Collectives, as groups of indexes. */
function groups(): number[][] {
  const groups = new Map<string, number[]>()
  for (const [index, { worldSize, isLast, limits }] of collectivesSuite.entries()) {
    if (worldSize === 1) continue // no MPI is used
    const key = isLast || limits ? `${index}` : `ranks ${worldSize}`
    groups.set(key, [...(groups.get(key) ?? []), index])
  }
  return [...groups.values()]
}

for (const [name, words] of Object.entries(mpis)) {
  const skip = existsSync(words[0] as string) ? false : `needs ${name}`
  const run = (t: Test, ranks: number, program: string[], variables: NodeJS.ProcessEnv = env('mpi')): Promise<Exit> =>
    runProcess(t, [...words, '-n', `${ranks}`, ...program], { env: variables })

  for (const cases of groups()) {
    const [first] = cases.map((index) => collectivesSuite[index]) as [CollectivesCase]
    t.test(`${name}: the suite of the collectives, cases ${cases.join(', ')}`, { skip }, async (t) => {
      const folder = temporary(t)
      const options: CollectivesRankOptions = { folder, cases }
      const { code, stderr } = await run(t, first.worldSize, kit('collectives-rank', options))
      t.equal(code, 0, stderr)
      for (const index of cases) {
        const { name, worldSize, check } = collectivesSuite[index] as CollectivesCase
        const ranks = Array.from({ length: worldSize }, (_, rank) => rank)
        const results = ranks.map((rank) => JSON.parse(readFileSync(join(folder, `${index}.${rank}`), 'utf8')))
        t.test(name, async (t) => check(t, results))
      }
    })
  }

  t.test(`${name}: four ranks train the same bits over MPI as over Unix sockets`, { skip }, async (t) => {
    const folder = temporary(t)
    const trained = []
    for (const collectives of ['mpi', 'unix']) {
      const parameters = join(folder, collectives)
      const options: FitOptions = { devices: 4, parameters }
      const { code, stderr } = await run(t, 4, kit('fit', options), env(collectives))
      t.equal(code, 0, stderr)
      for (const rank of [0, 1, 2, 3]) trained.push(readFileSync(`${parameters}.${rank}`, 'utf8'))
    }
    t.ok(trained[0]?.length)
    for (const parameters of trained) t.equal(parameters, trained[0])
  })

  t.test(
    `${name}: at the exit a rank writes its records before it waits in MPI for the others`,
    { skip },
    async (t) => {
      const path = join(temporary(t), 'train.log')
      const { code, stdout, stderr } = await run(t, 2, kit('mpi-exit', { path, count: 200 } satisfies MpiExitOptions))
      t.equal(code, 0, stderr)
      t.match(stdout, /all records are written/)
      t.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, 200)
    },
  )

  const failures: [what: string, program: string[], error: RegExp | undefined][] = [
    ['is killed', kit('fit', { devices: 4, dies: 2, maxEpochs: 1000 } satisfies FitOptions), undefined],
    ['is stopped', kit('hung-fit', { devices: 4, hangs: 2 } satisfies HungFitOptions), /rank 2 does not respond/],
    [
      'computes without an end',
      kit('hung-fit', { devices: 4, hangs: 2, how: 'loop' } satisfies HungFitOptions),
      /rank 2 does not respond/,
    ],
    [
      'does not make a call',
      kit('hung-fit', { devices: 4, hangs: 2, how: 'await', syncTimeoutMs: 2000 } satisfies HungFitOptions),
      /has waited 2 s for rank 2 to do the same/,
    ],
  ]
  for (const [what, program, error] of failures)
    t.test(`${name}: all ranks end within 10 s if one ${what}`, { skip }, async (t) => {
      const job = startProcess(t, [...words, '-n', '4', ...program], { env: env('mpi') })
      await job.stdout.until(what === 'is killed' ? /(pid \d+\s+){4}/ : /hangs/)
      const begin = performance.now()
      const { code, stdout, stderr } = await job.exit
      t.not(code, 0)
      if (error) t.match(stderr, error)
      const pids = [...stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
      t.equal(pids.length, 4)
      while (pids.some(isAlive) && performance.now() - begin < limitMs) await setTimeout(10) // a killed rank takes some time to end
      t.strictSame(pids.filter(isAlive), [])
    })

  t.test(`${name}: with the library of another MPI the error says what to set`, { skip }, async (t) => {
    const library = name === 'MPICH' ? 'libmpi.so.40' : 'libmpich.so.12'
    const variables = { ...env('mpi'), DDP_MPI_LIBRARY: library }
    const { code, stderr } = await run(t, 2, kit('fit', { devices: 2 } satisfies FitOptions), variables)
    t.not(code, 0)
    t.match(stderr, /for the MPI library this is rank 0 of 1, but the launcher .* of 2\. .* set DDP_MPI_LIBRARY/)
  })
}

/** Reports whether a process runs. A dead one may stay in the table of processes if nobody waits for it. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
