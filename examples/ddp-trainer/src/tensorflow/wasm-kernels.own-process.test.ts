import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import t from 'tap'
import { randn } from '../index.ts'
import { countTensors } from '../kit/count-tensors.ts'
import { configureTensorFlow } from './backend.ts'
import { registerWasmKernels } from './wasm-kernels.ts'

type Gradients = (tensors: tf.Tensor[]) => tf.Tensor[]

/** Returns the gradients of a function at these tensors on a backend, as flat arrays. Checks that no tensor is left. */
async function gradientsOn(backend: string, shapes: number[][], gradients: Gradients): Promise<Float32Array[]> {
  await tf.setBackend(backend)
  if (backend === 'wasm') registerWasmKernels()
  const before = countTensors()
  const tensors = shapes.map((shape, seed) => tf.tensor(randn(shape as [number], seed).data, shape))
  const found = tf.tidy(() => gradients(tensors))
  const values = found.map((gradient) => gradient.dataSync() as Float32Array)
  tf.dispose([tensors, found])
  t.strictSame(countTensors(), before, 'no tensor is left')
  return values
}

/** Returns the largest difference between gradients, relative to the largest number among them. */
async function difference(shapes: number[][], gradients: Gradients): Promise<number> {
  const cpu = await gradientsOn('cpu', shapes, gradients)
  const wasm = await gradientsOn('wasm', shapes, gradients)
  const differences = cpu.map((values, index) => {
    const others = wasm[index] as Float32Array
    if (others.length !== values.length) return Number.POSITIVE_INFINITY
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    return values.reduce((most, value, at) => Math.max(most, Math.abs(value - (others[at] as number)) / largest), 0)
  })
  return Math.max(...differences)
}

t.before(() => configureTensorFlow())

const explicit = (top: number, bottom: number, left: number, right: number): tf.backend_util.ExplicitPadding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]

const convolutions: [
  x: number[],
  filter: number[],
  strides: number | [number, number],
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding,
  rounding?: 'floor' | 'round',
][] = [
  [[1, 5, 5, 1], [3, 3, 1, 1], 1, 'same'],
  [[2, 7, 7, 3], [3, 3, 3, 4], 1, 'valid'],
  [[2, 7, 7, 3], [3, 3, 3, 4], 2, 'same'],
  [[2, 8, 8, 3], [3, 3, 3, 4], 2, 'same'],
  [[2, 8, 8, 3], [3, 3, 3, 4], 2, 'valid'],
  [[3, 8, 6, 2], [2, 4, 2, 5], [2, 1], 'same'],
  [[3, 9, 6, 2], [2, 4, 2, 5], [1, 3], 'valid'],
  [[2, 8, 8, 3], [1, 1, 3, 4], 1, 'same'],
  [[2, 8, 8, 3], [1, 1, 3, 4], 2, 'same'],
  [[2, 8, 7, 3], [1, 2, 3, 4], 3, 'valid'],
  [[2, 6, 6, 2], [3, 3, 2, 3], 1, 1, 'floor'],
  [[2, 6, 6, 2], [3, 3, 2, 3], 2, 2, 'floor'],
  [[2, 7, 7, 2], [3, 3, 2, 3], 2, 1, 'round'],
  [[2, 6, 6, 2], [3, 3, 2, 3], 1, explicit(1, 2, 0, 1)],
  [[2, 9, 8, 2], [3, 2, 2, 3], [2, 3], explicit(2, 0, 1, 3), 'floor'],
  [[2, 5, 5, 2], [2, 2, 2, 3], 1, 3, 'floor'],
  [[2, 28, 28, 1], [5, 5, 1, 6], 1, 'same'],
]

for (const [x, filter, strides, pad, rounding] of convolutions) {
  const name = `conv2d of [${x}] with [${filter}], strides ${strides}, pad ${pad}${rounding ? `, ${rounding}` : ''}`
  t.test(`the gradients on WASM are those on cpu: ${name}`, async (t) => {
    const gradients: Gradients = tf.grads((images, kernel) =>
      tf.sum(
        tf.square(tf.conv2d(images as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad, 'NHWC', [1, 1], rounding)),
      ),
    )
    const found = await difference([x, filter], gradients)
    t.ok(found <= 1e-5, `relative difference ${found}`)
  })
}

const others: Record<string, [shapes: number[][], gradients: Gradients]> = {
  'conv2d of one image without a batch': [
    [[6, 6, 2], [3, 3, 2, 3]], // biome-ignore format: a line
    tf.grads((x, w) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor3D, w as tf.Tensor4D, 1, 'same')))),
  ],
  depthwiseConv2d: [
    [[2, 7, 6, 3], [3, 2, 3, 2]], // biome-ignore format: a line
    tf.grads((x, w) => tf.sum(tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')))),
  ],
  'gather with repeated and missing rows': [
    [[6, 4]],
    tf.grads((x) => tf.sum(tf.square(tf.gather(x as tf.Tensor, tf.tensor1d([4, 0, 4, 1, 4], 'int32'))))),
  ],
}

for (const [name, [shapes, gradients]] of Object.entries(others)) {
  t.test(`the gradients on WASM are those on cpu: ${name}`, async (t) => {
    const found = await difference(shapes, gradients)
    t.ok(found <= 1e-5, `relative difference ${found}`)
  })
}

t.test('sums of integers and rows with a negative segment id are as on cpu, and a large one is an error', async (t) => {
  const sums = () => tf.unsortedSegmentSum(tf.tensor2d([[1, 2], [3, 4], [5, 6]], [3, 2], 'int32'), tf.tensor1d([1, -1, 1], 'int32'), 2) // biome-ignore format: a line
  const found: unknown[] = []
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    found.push(sums().arraySync())
  }
  t.strictSame(found[1], found[0])
  const message = 'UnsortedSegmentSum: segment id 2 must be below the 2 segments'
  t.throws(() => tf.unsortedSegmentSum(tf.ones([1, 2]), tf.tensor1d([2], 'int32'), 2), { message })
})

t.test('another data format than NHWC is an error', async (t) => {
  await tf.setBackend('wasm')
  const [x, dy] = [tf.ones([1, 2, 5, 5]), tf.ones([1, 3, 5, 5])]
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', filterShape: [3, 3, 2, 3] }
  t.throws(() => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs), {
    message: `Conv2DBackpropFilter on the backend 'wasm': dataFormat must be 'NHWC', not 'NCHW'; transpose the input`,
  })
})

t.test('a gradient without a kernel is an error that names the kernel and the backend', async (t) => {
  await tf.setBackend('wasm')
  const gradient = tf.grad((x) => tf.sum(tf.real(tf.complex(x, x))))
  t.throws(() => gradient(tf.ones([2])), /Kernel 'Complex' not registered for backend 'wasm'/)
})

t.test('thousands of gradients take no more memory of WASM', async (t) => {
  await tf.setBackend('wasm')
  const { HEAPU8 } = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm
  const [x, w] = [tf.ones([4, 14, 14, 8]), tf.ones([3, 3, 8, 16])]
  const gradient = tf.grad((w) => tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')))
  for (let step = 0; step < 2000; step++) tf.dispose(gradient(w))
  t.equal((tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length, HEAPU8.length)
})
