import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { Conv2d, type Conv2dOptions } from '../index.ts'

t.before(() => tf.setBackend('cpu'))

t.test('the parameters are drawn from the range that PyTorch uses, by the seed', async (t) => {
  const values = (seed: number) => new Conv2d(3, 32, [5, 4], { seed }).parameters().map((one) => one.dataSync())
  const [weight, bias] = values(1) as [Float32Array, Float32Array]
  t.equal(weight.length, 5 * 4 * 3 * 32)
  t.equal(bias.length, 32)
  const bound = 1 / Math.sqrt(5 * 4 * 3)
  for (const numbers of [weight, bias]) {
    t.ok(numbers.every((value) => Math.abs(value) <= bound))
    t.ok(numbers.some((value) => value > bound * 0.9) && numbers.some((value) => value < -bound * 0.9))
  }
  t.strictSame(values(1), [weight, bias], 'the same seed draws the same')
  t.notSame(values(2), [weight, bias])
})

t.test('the output is the sum of weights times pixels, plus the bias', async (t) => {
  const layer = new Conv2d(1, 2, 2, { padding: 'valid' })
  const [weight, bias] = layer.parameters()
  weight.assign(tf.tensor([1, 10, 2, 20, 3, 30, 4, 40], [2, 2, 1, 2]))
  bias.assign(tf.tensor1d([0.5, 5]))
  const y = layer.forward(tf.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]))
  t.strictSame(y.arraySync(), [[[[37.5, 375], [47.5, 475]]]]) // biome-ignore format: a matrix
})

const shapes: [kernel: number | [number, number], options: Conv2dOptions, height: number, width: number][] = [
  [3, {}, 7, 8],
  [3, { stride: 2 }, 4, 4],
  [3, { padding: 'valid' }, 5, 6],
  [3, { padding: 1 }, 7, 8],
  [2, { padding: 1, stride: 2 }, 4, 5],
  [[1, 4], { padding: 'valid', stride: [2, 1] }, 4, 5],
]

for (const [kernel, options, height, width] of shapes) {
  t.test(`images of 7 x 8 become ${height} x ${width}: kernel ${kernel}, ${JSON.stringify(options)}`, async (t) => {
    t.strictSame(new Conv2d(3, 5, kernel, options).forward(tf.zeros([2, 7, 8, 3])).shape, [2, height, width, 5])
  })
}

t.test('wrong sizes and paddings are rejected', async (t) => {
  const sizes = [[0, 1, 1], [1, 1.5, 1], [1, 1, [3, -1]]] as [number, number, number][] // biome-ignore format: a line
  const names = ['inChannels', 'outChannels', 'kernelSize']
  for (const [index, size] of sizes.entries())
    t.throws(() => new Conv2d(...size), {
      name: 'RangeError',
      message: new RegExp(`^Conv2d: ${names[index]} must be a whole number above 0, not (0|1.5|-1)$`),
    })
  t.throws(() => new Conv2d(1, 1, 1, { stride: 0 }), { message: /stride must be a whole number above 0, not 0/ })
  const message = "Conv2d: padding must be 'same', 'valid' or a whole number >= 0, not full"
  t.throws(() => new Conv2d(1, 1, 1, { padding: 'full' as 'same' }), { message })
})
