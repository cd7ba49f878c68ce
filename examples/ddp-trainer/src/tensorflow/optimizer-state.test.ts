import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { readOptimizerState, writeOptimizerState } from './optimizer-state.ts'

t.before(() => tf.setBackend('cpu'))

/** Makes steps with gradients that differ. */
function step(optimizer: tf.Optimizer, parameter: tf.Variable, ...gradients: number[]): void {
  for (const gradient of gradients)
    tf.tidy(() => optimizer.applyGradients({ [parameter.name]: tf.tensor1d([gradient, 1 / gradient]) }))
}

const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.1, 0.9),
  adagrad: () => tf.train.adagrad(0.1),
  adadelta: () => tf.train.adadelta(0.1),
  adam: () => tf.train.adam(0.1),
  rmsprop: () => tf.train.rmsprop(0.1, 0.9, 0.5, 1e-7, true),
}
for (const [name, create] of Object.entries(optimizers)) {
  t.test(`${name} continues from its state as without a stop, bit for bit`, async (t) => {
    const [before, after] = [create(), create()]
    const parameter = tf.variable(tf.tensor1d([3, 4]))
    step(before, parameter, ...Array.from({ length: 50 }, (_, index) => 1 + (index % 7)))
    const tensors = tf.memory().numTensors
    const state = structuredClone(await readOptimizerState(before, 0.1))
    t.equal(tf.memory().numTensors, tensors, 'reading leaves no tensor')
    const copy = tf.variable(parameter)
    await writeOptimizerState(after, state)
    step(before, parameter, 2, 0.7, 11)
    step(after, copy, 2, 0.7, 11)
    t.strictSame([...copy.dataSync()], [...parameter.dataSync()])
  })

  t.test(`${name} has no more tensors after its state is restored again`, async (t) => {
    const optimizer = create()
    step(optimizer, tf.variable(tf.tensor1d([3, 4])), 1, 2)
    const tensors = tf.memory().numTensors
    await writeOptimizerState(optimizer, await readOptimizerState(optimizer, 0.1))
    t.equal(tf.memory().numTensors, tensors)
  })
}

t.test('the state of another class is rejected', async (t) => {
  const state = await readOptimizerState(tf.train.adam(0.1), 0.1)
  await t.rejects(writeOptimizerState(tf.train.momentum(0.1, 0.9), state), {
    message: 'it is Adam, but configureOptimizers returned Momentum',
  })
})

t.test('an optimizer whose state TensorFlow.js cannot return is rejected', async (t) => {
  await t.rejects(readOptimizerState(tf.train.adamax(0.1), 0.1), {
    message:
      'Trainer: a checkpoint needs an optimizer with getWeights and setWeights: getWeights() is not implemented for Adamax yet.',
  })
})
