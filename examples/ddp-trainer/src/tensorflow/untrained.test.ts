import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { type Batch, DataLoader, Linear, Module, TensorDataset, Trainer } from '../index.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { Ring } from '../ranks/ring.ts'
import { DdpStrategy } from './ddp-strategy.ts'

const fix = 'Private fields (#a) and tf.layers are not found: use public fields, or override parameters() of the module'
const loader = new DataLoader(new TensorDataset([[1], [2]], [[1], [2]]), { batchSize: 1 })

abstract class Net extends Module {
  abstract forward(x: tf.Tensor): tf.Tensor

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.forward(x))
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.adam(0.1)
  }
}

class PublicNet extends Net {
  layer = new Linear(1, 1)

  forward(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x)
  }
}

class PartlyPrivateNet extends PublicNet {
  #first = new Linear(1, 1)

  override forward(x: tf.Tensor): tf.Tensor {
    return super.forward(this.#first.forward(x))
  }
}

class LayersNet extends Net {
  bias = tf.variable(tf.scalar(0))
  model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], name: 'dense' })] })

  forward(x: tf.Tensor): tf.Tensor {
    return tf.add(this.model.apply(x) as tf.Tensor, this.bias)
  }
}

class FoundLayersNet extends LayersNet {
  override parameters(): tf.Variable[] {
    return [...super.parameters(), ...this.model.trainableWeights.map((weight) => weight.read() as tf.Variable)]
  }
}

/** Fits the modules with one trainer. Returns the lines that it writes to stderr. */
async function warningsOf(t: Test, ...modules: Module[]): Promise<string[]> {
  const written = t.capture(process.stderr, 'write', () => true)
  const trainer = new Trainer({ maxEpochs: 1, ...quietOptions })
  for (const module of modules) {
    trainer.currentEpoch = 0
    await trainer.fit(module, loader)
  }
  return written().map(({ args: [text] }) => `${text}`)
}

t.beforeEach(() => tf.disposeVariables())

t.test('a fit warns once of variables in private fields', async (t) => {
  const [warning = '', ...others] = await warningsOf(t, new PartlyPrivateNet())
  t.strictSame(others, [])
  t.ok(warning.endsWith(` of shape [1]. ${fix}\n`), warning)
  t.match(
    warning,
    /^the loss depends on variables that are not trained, .* of the module: '\w+' of shape \[1,1\], '\w+' of shape \[1\]\. /,
  )
})

t.test('a fit warns of tf.layers, and not if the module overrides parameters()', async (t) => {
  const [warning = ''] = await warningsOf(t, new LayersNet())
  t.match(warning, /: 'dense\/kernel' of shape \[1,1\], 'dense\/bias' of shape \[1\]\. /)
  tf.disposeVariables()
  t.strictSame(await warningsOf(t, new FoundLayersNet()), [])
})

t.test('a warning names at most four variables', async (t) => {
  const [one, ...others] = Array.from({ length: 6 }, () => tf.variable(tf.scalar(0)))
  const net = new PublicNet()
  net.forward = (x) => tf.addN([net.layer.forward(x), ...others.map((other) => tf.mul(x, other))])
  const [warning = ''] = await warningsOf(t, net)
  t.match(warning, /: ('\d+' of shape \[\],? ){4}and 1 more\. /)
  t.notMatch(warning, `'${one?.name}'`, 'the loss does not depend on it')
})

t.test('a fit does not warn of another net, of optimizers, or of variables that are not trainable', async (t) => {
  const frozen = tf.variable(tf.scalar(1), false)
  const other = new PublicNet()
  tf.dispose(other.forward(tf.ones([1, 1])))
  other.configureOptimizers()
  const net = new PublicNet()
  net.forward = (x) => net.layer.forward(tf.mul(x, frozen))
  t.strictSame(await warningsOf(t, net, other), [])
})

t.test('the gradients of other variables are not applied, and leave no tensors', async (t) => {
  const net = new PublicNet()
  t.capture(process.stderr, 'write', () => true)
  const strategy = new DdpStrategy({ syncGradients: false })
  net.trainer = new Trainer(quietOptions)
  await strategy.setup(net, new Ring(0, 1), true)
  const other = tf.variable(tf.scalar(3))
  const step = () => tf.mul(tf.sum(net.layer.forward(tf.ones([1, 1]))), other)
  const counts: number[] = []
  for (let batch = 0; batch < 3; batch++) {
    strategy.backward(step)
    await strategy.averageGradients(1, 'averages')
    strategy.optimizerStep()
    counts.push(tf.memory().numTensors)
  }
  t.strictSame(counts, [counts[0], counts[0], counts[0]])
  t.equal(other.dataSync()[0], 3)
})

t.test('a fit of a module without trainable parameters is an error', async (t) => {
  class PrivateNet extends Net {
    #layer = new Linear(1, 1)

    forward(x: tf.Tensor): tf.Tensor {
      return this.#layer.forward(x)
    }
  }
  await t.rejects(warningsOf(t, new PrivateNet()), {
    message: `Trainer: the module has no trainable parameters. ${fix}`,
  })
})

const wrongLosses: [what: string, step: () => unknown, message: string][] = [
  [
    'a promise',
    async () => tf.scalar(1),
    'Trainer: trainingStep must return a tensor of shape [], not a promise; remove async',
  ],
  [
    'nothing',
    () => undefined,
    'Trainer: trainingStep must return a tensor of shape [], not undefined; return the loss',
  ],
  [
    'a loss for each sample',
    () => tf.ones([4]),
    'Trainer: trainingStep must return a tensor of shape [], not a tensor of shape [4]; use for example tf.mean',
  ],
]
for (const [what, step, message] of wrongLosses)
  t.test(`a trainingStep that returns ${what} is named in the error`, async (t) => {
    const net = new PublicNet()
    const strategy = new DdpStrategy()
    await strategy.setup(net, new Ring(0, 1), true)
    t.throws(() => strategy.backward(step), { message })
  })
