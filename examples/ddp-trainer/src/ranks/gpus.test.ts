import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runNode } from '../kit/run-node.ts'
import { countGpus, type GpuPlace, gpuPresent, gpuVariables } from './gpus.ts'

const shared = (gpu: string, gpus: string) => ({
  CUDA_VISIBLE_DEVICES: gpu,
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  DDP_SHARED_GPUS: gpus,
})

const places: [place: Partial<GpuPlace>, variables: Record<string, string>][] = [
  [{ count: 0 }, {}],
  [{ count: 4, localRank: 0 }, { CUDA_VISIBLE_DEVICES: '0' }],
  [{ count: 4, localRank: 3 }, { CUDA_VISIBLE_DEVICES: '3' }],
  [{ count: 8, localRank: 3 }, { CUDA_VISIBLE_DEVICES: '3' }],
  [{ count: 1, localRank: 2 }, shared('0', '1')],
  [{ count: 3, localRank: 2 }, shared('2', '3')],
  [{ count: 3, localRank: 3 }, shared('0', '3')],
  [{ visible: '5,7,2,3', localRank: 1 }, { CUDA_VISIBLE_DEVICES: '7' }],
  [{ visible: ' 5 , 7 ', localRank: 3 }, shared('7', '2')],
  [{ visible: '5', localRank: 1, count: 8 }, shared('5', '1')],
  [{ visible: '5', localRank: 0, localWorldSize: 1 }, { CUDA_VISIBLE_DEVICES: '5' }],
  [{ visible: 'GPU-8f1c,MIG-77aa', localRank: 1, localWorldSize: 2 }, { CUDA_VISIBLE_DEVICES: 'MIG-77aa' }],
  [{ visible: '5,-1,2', localRank: 1 }, shared('5', '1')],
  [{ visible: '', count: 8 }, {}],
  [{ visible: '-1', count: 8 }, {}],
]

for (const [place, variables] of places) {
  t.test(`the variables of a rank: ${JSON.stringify(place)}`, async (t) => {
    t.strictSame(gpuVariables({ localRank: 0, localWorldSize: 4, visible: undefined, count: 0, ...place }), variables)
  })
}

t.test('GPUs are detected and counted by device files, or without them by nvidia-smi on the path', async (t) => {
  const folder = t.testdir({
    bin: { 'nvidia-smi': '#!/bin/sh\necho "GPU 0: A (UUID: GPU-1)"\necho "GPU 1: A (UUID: GPU-2)"\n' },
    broken: { 'nvidia-smi': '#!/bin/sh\nexit 9\n' },
    dev: { nvidia0: '', nvidia1: '', nvidia2: '', nvidiactl: '', 'nvidia-uvm': '' },
    empty: {},
  })
  const [bin, broken, dev, empty] = ['bin', 'broken', 'dev', 'empty'].map((name) => join(folder, name)) as [string, string, string, string] // biome-ignore format: a line
  for (const tools of [bin, broken]) chmodSync(join(tools, 'nvidia-smi'), 0o755)
  t.equal(gpuPresent({ PATH: `/nowhere:${bin}` }), true)
  t.equal(countGpus({ PATH: bin }, dev), 3)
  t.equal(countGpus({ PATH: `/nowhere:${bin}` }, empty), 2)
  t.equal(countGpus({ PATH: broken }, empty), 0)
  t.equal(countGpus({ PATH: '/nowhere' }, empty), 0)
  t.equal(countGpus({}, join(folder, 'missing')), 0)
})

/** Fits on `devices` ranks. Returns CUDA_VISIBLE_DEVICES of each, as it was when the script began and in the fit. */
async function gpusOfRanks(t: Test, devices: number, env: Record<string, string>, accelerator = 'auto') {
  const { code, stdout, stderr } = await runNode('kit/visible-gpus.js', {
    args: [JSON.stringify({ devices, accelerator })],
    env,
  }).ended
  t.equal(code, 0, stderr)
  const found = stdout.trimEnd().split('\n')
  return found.sort()
}

t.test(
  'the parent gives each rank its entry of CUDA_VISIBLE_DEVICES before the script of the rank begins',
  async (t) => {
    t.strictSame(await gpusOfRanks(t, 3, { CUDA_VISIBLE_DEVICES: 'GPU-b,GPU-a' }), [
      '0: GPU-b, GPU-b',
      '1: GPU-a, GPU-a',
      '2: GPU-b, GPU-b',
    ])
  },
)

t.test('with accelerator cpu or wasm the variable stays as it is', async (t) => {
  for (const accelerator of ['cpu', 'wasm'])
    t.strictSame(await gpusOfRanks(t, 2, { CUDA_VISIBLE_DEVICES: '4,5' }, accelerator), ['0: 4,5, 4,5', '1: 4,5, 4,5'])
})

t.test('under another launcher a rank selects its GPU itself, unless the launcher has', async (t) => {
  const rank = { RANK: '1', WORLD_SIZE: '1', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2' }
  const torchrun = { ...rank, RANK: '0', MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29500' }
  t.strictSame(await gpusOfRanks(t, 1, { ...torchrun, CUDA_VISIBLE_DEVICES: '4,5' }), ['0: 4,5, 5'])
  t.strictSame(await gpusOfRanks(t, 1, { ...torchrun, CUDA_VISIBLE_DEVICES: '4' }), ['0: 4, 4'])
})
