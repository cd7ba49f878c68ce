import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { detectRank } from './detect-rank.ts'
import type { RankInfo } from './rank-info.ts'

/** The rank of each process of a captured job, determined by hand from its variables. */
const captures: Record<string, (RankInfo | undefined)[]> = {
  'torchrun-2': [
    torchrun(0, 'fb1c72b7-134f-45ef-b590-acbc5245c8f2'),
    torchrun(1, 'fb1c72b7-134f-45ef-b590-acbc5245c8f2'),
  ],
  'torchrun-restart': [
    { ...torchrun(0, '502bf7df-7eb4-419b-9b24-92978db20d1d'), attempt: 1 },
    { ...torchrun(1, '502bf7df-7eb4-419b-9b24-92978db20d1d'), attempt: 1 },
  ],
  'torchrun-in-srun': [
    torchrun(0, '81a38eac-a737-4c1e-96c7-09e68d37ef2f'),
    torchrun(1, '81a38eac-a737-4c1e-96c7-09e68d37ef2f'),
  ],
  'torchrun-2x2': [
    { ...torchrun(0, '127.0.0.1:29611'), worldSize: 4 },
    { ...torchrun(1, '127.0.0.1:29611'), worldSize: 4 },
    { ...torchrun(0, '127.0.0.1:29611'), worldSize: 4, rank: 2, nodeRank: 1 },
    { ...torchrun(1, '127.0.0.1:29611'), worldSize: 4, rank: 3, nodeRank: 1 },
  ],
  'openmpi-4': [openmpi(0), openmpi(1), openmpi(2), openmpi(3)],
  'mpich-4': [hydra(0), hydra(1), hydra(2), hydra(3)],
  'srun-4': [slurm(0, 4, '1.0'), slurm(1, 4, '1.0'), slurm(2, 4, '1.0'), slurm(3, 4, '1.0')],
  'srun-het': [het(0, 0, '7.0'), het(1, 0, '7.0'), het(2, 1, '7.0')],
  'srun-het-preserve-env': [het(0, 0, '7.1'), het(1, 0, '7.1'), het(2, 1, '7.1')],
  'srun-array': [slurm(0, 2, '3_0.0'), slurm(1, 2, '3_0.0'), slurm(0, 2, '3_1.0'), slurm(1, 2, '3_1.0')],
  'sbatch-shell': [undefined],
  'pm2-3': [pm2(0), pm2(1), pm2(2)],
  'lightning-2': [lightning(0), lightning(1)],
}

const folder = new URL('../../fixtures/env/', import.meta.url)

t.same(
  readdirSync(folder).sort(),
  Object.keys(captures)
    .map((name) => `${name}.json`)
    .sort(),
  'every capture is tested',
)

for (const [name, ranks] of Object.entries(captures)) {
  t.test(name, async (t) => {
    const capture = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
    const detected = capture.env_by_process.map((env: NodeJS.ProcessEnv) => detectRank(env))
    t.same(detected, ranks, capture.command)
  })
}

function torchrun(rank: number, runKey: string): RankInfo {
  const launcher = 'torchrun'
  return { rank, launcher, worldSize: 2, localRank: rank, localWorldSize: 2, nodeRank: 0, attempt: 0, runKey }
}

function openmpi(rank: number): RankInfo {
  return { rank, launcher: 'openmpi', worldSize: 4, localRank: rank, localWorldSize: 4, runKey: '2021654529' }
}

function hydra(rank: number): RankInfo {
  return { rank, launcher: 'hydra', worldSize: 4, localRank: rank, localWorldSize: 4 }
}

function slurm(rank: number, worldSize: number, runKey: string): RankInfo {
  return { rank, launcher: 'slurm', worldSize, localRank: rank, localWorldSize: worldSize, nodeRank: 0, runKey }
}

/** A heterogeneous job of two components: one rank on the first node, two on the second. */
function het(rank: number, localRank: number, runKey: string): RankInfo {
  const nodeRank = rank === 0 ? 0 : 1
  return { rank, launcher: 'slurm', worldSize: 3, localRank, localWorldSize: nodeRank + 1, nodeRank, runKey }
}

function pm2(rank: number): RankInfo {
  return { rank, launcher: 'pm2' }
}

function lightning(rank: number): RankInfo {
  return { rank, launcher: 'lightning', worldSize: 2, localRank: rank, nodeRank: 0, runKey: '127.0.0.1:46347' }
}
