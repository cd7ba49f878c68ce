import * as tf from '@tensorflow/tfjs'
import t from 'tap'
import { Linear } from '../tensorflow/linear.ts'
import { Module } from './module.ts'

class Net extends Module {
  trainingStep(): tf.Scalar {
    return tf.scalar(0)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(1)
  }
}

const variables = Array.from({ length: 8 }, (_, value) => tf.variable(tf.scalar(value)))
const [a, b, c, d, e, f, g, h] = variables as [tf.Variable, ...tf.Variable[]]

t.test('parameters are found in fields, arrays, plain objects, Maps and Sets, in their order', async (t) => {
  const layer = new Linear(1, 1)
  const inner = Object.assign(new Net(), { e })
  const net = Object.assign(new Net(), {
    a,
    list: [b, [c], null, 1],
    heads: { first: d, none: undefined, text: 'x' },
    inner,
    layer,
    map: new Map([['f', f]]),
    set: new Set([g]),
    last: h,
  })
  net.saveHyperparameters({ parameters: 3 })
  t.strictSame(
    net.parameters().map(({ id }) => id),
    [a, b, c, d, e, ...layer.parameters(), f, g, h].map((variable) => variable?.id),
  )
})

t.test('a variable, a layer and a module that are in several fields are counted once', async (t) => {
  const layer = new Linear(1, 1)
  const inner = Object.assign(new Net(), { layer })
  const net = Object.assign(new Net(), { a, again: [a], layer, layers: { layer }, inner, same: inner })
  t.equal(net.parameters().length, 3)
})

t.test('objects that contain each other are no endless loop', async (t) => {
  const inner = Object.assign(new Net(), { b })
  const net = Object.assign(new Net(), { inner, list: [a] as unknown[] })
  net.list.push(net.list, net)
  Object.assign(inner, { outer: net })
  t.strictSame(
    net.parameters().map(({ id }) => id),
    [b, a].map((variable) => variable?.id),
  )
})

t.test('a module in a field that overrides parameters() has what it returns', async (t) => {
  class Hidden extends Net {
    #layer = a

    override parameters(): tf.Variable[] {
      return [...super.parameters(), this.#layer]
    }
  }
  t.strictSame(Object.assign(new Net(), { hidden: new Hidden() }).parameters(), [a])
})
