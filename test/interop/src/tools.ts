import { existsSync } from 'node:fs'
import type { ToolCommand, Tools } from '../../dist/documents/app.js'
import type { Tool } from '../../dist/documents/expected.js'
import type { PageNotes } from '../../dist/documents/plan.js'
import type { Owner } from '../../dist/kit/start-process.js'
import { mpis } from './mpi.ts'
import { Pm2, pm2Missing } from './pm2.ts'
import { missing, tool, torch } from './python.ts'
import { slurmMissing, startSlurm } from './slurm.ts'
import { WandbServer } from './wandb-server.ts'

/** Starts the servers of a tool. Returns the commands to run a block with: none if the tool is missing. */
type Start = (owner: Owner, dir: string) => Promise<ToolCommand[]>

const starts: Readonly<Record<Tool, Start>> = {
  mpirun: async () => {
    const all = Object.entries(mpis).map(([name, command]) => ({ name, command }))
    return all.filter(({ command: [program = ''] }) => existsSync(program))
  },
  torchrun: async () => (missing(torch) ? [] : [{ name: 'PyTorch', command: [tool('torchrun', torch)] }]),
  srun: async (owner) =>
    slurmMissing() ? [] : [{ name: 'Slurm', command: ['/usr/bin/srun'], env: await startSlurm(owner) }],
  pm2: async (owner, dir) => {
    if (pm2Missing()) return []
    const { command, env } = new Pm2(owner, dir)
    return [{ name: 'PM2', command, env }]
  },
  tensorboard: async () => (missing() ? [] : [{ name: 'TensorBoard', command: [tool('tensorboard')] }]),
  wandb: async (owner) => {
    if (missing()) return []
    const server = await WandbServer.start()
    owner.teardown(() => server.stop())
    const env = { WANDB_BASE_URL: server.uri, WANDB_API_KEY: 'x'.repeat(40) }
    return [{ name: 'W&B', command: [tool('wandb')], env }]
  },
}

/** Returns the tools that the blocks of a page need. */
export function toolsIn({ expected = {} }: PageNotes): Tool[] {
  return [...new Set(Object.values(expected).flatMap(({ needs = [] }) => needs))]
}

/** Starts the tools that a page needs. They end with their owner. @param dir the folder in which the page is run */
export async function startTools(owner: Owner, page: PageNotes, dir: string): Promise<Tools> {
  const started = toolsIn(page).map(async (tool) => [tool, await starts[tool](owner, dir)] as const)
  return Object.fromEntries(await Promise.all(started))
}
