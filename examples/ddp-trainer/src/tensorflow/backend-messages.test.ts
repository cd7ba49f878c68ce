import t from 'tap'
import type { Accelerator, Choice } from './backend.ts'
import { type BackendMessages, backendMessages } from './backend-messages.ts'

const [gpuPackage, cpuPackage, wasm] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-wasm'] as const // biome-ignore format: a line
const onGpu: Choice = { package: gpuPackage, backend: 'tensorflow', gpu: true, rejected: {} }
const withoutGpu: Choice = { ...onGpu, gpu: false }
const onWasm: Choice = {
  package: wasm,
  backend: 'wasm',
  gpu: false,
  rejected: { [gpuPackage]: 'not installed', [cpuPackage]: 'installed, but broken: no addon' },
}
const four = (gpus: number) => ({ ranks: 4, gpus })
const notOn = `not on ${gpuPackage} (not installed) or ${cpuPackage} (installed, but broken: no addon)`
const slower = 'which is slower than a rank for each GPU'

const cases: [choice: Choice, Accelerator, shared: { ranks: number; gpus: number } | undefined, BackendMessages][] = [
  [onGpu, 'auto', undefined, { warnings: [], info: `trains on ${gpuPackage} with a GPU` }],
  [onGpu, 'gpu', four(1), { warnings: [`4 ranks of a host share 1 GPU, ${slower}`], info: `trains on ${gpuPackage} with a GPU` }], // biome-ignore format: a line
  [onGpu, 'auto', four(3), { warnings: [`4 ranks of a host share 3 GPUs, ${slower}`], info: `trains on ${gpuPackage} with a GPU` }], // biome-ignore format: a line
  [withoutGpu, 'auto', four(1), { warnings: [], info: `trains on ${gpuPackage} without a GPU` }],
  [withoutGpu, 'gpu', undefined, { warnings: [`accelerator is 'gpu', but no GPU can be used; trains on ${gpuPackage} without a GPU`] }], // biome-ignore format: a line
  [onWasm, 'auto', four(1), { warnings: [], info: `trains on ${wasm}, ${notOn}` }],
  [onWasm, 'gpu', undefined, { warnings: [`accelerator is 'gpu', but no GPU can be used; trains on ${wasm}, ${notOn}`] }], // biome-ignore format: a line
  [{ ...onWasm, rejected: {}, hint: 'npm install X' }, 'auto', undefined, { warnings: [], info: `trains on ${wasm}; to use the GPU: npm install X` }], // biome-ignore format: a line
]

for (const [choice, accelerator, shared, expected] of cases) {
  const sharing = shared ? `, ${shared.ranks} ranks share ${shared.gpus}` : ''
  t.test(`what rank 0 says: ${choice.package}, gpu ${choice.gpu}, accelerator ${accelerator}${sharing}`, async (t) => {
    t.strictSame(backendMessages(choice, accelerator, shared), expected)
  })
}
