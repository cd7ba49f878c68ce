// A program for tests: computes the gradients of both models of the digits example on the chosen backend and on the backend cpu. Prints
// as JSON which backend it is, and the largest difference of each model, relative to the largest gradient of a parameter.
import * as tf from '@tensorflow/tfjs'
import { DigitClassifier, defaults, type Model } from '../digit-classifier.ts'
import { digitLoaders } from '../digits.ts'
import { chooseBackend } from '../tensorflow/backend.ts'

export interface NativeGradients {
  package: string
  gpu: boolean
  isGPUPackage: boolean
  differences: Record<Model, number>
}

const { package: name, backend, gpu } = await chooseBackend('auto')
const { isGPUPackage } = tf.backend() as unknown as { isGPUPackage: boolean }
const { dataset } = digitLoaders(32).train
const indices = Array.from({ length: 32 }, (_, index) => index)

function difference(model: Model): number {
  const { net } = new DigitClassifier(defaults[model])
  const parameters = net.parameters()
  const gradients = () => {
    const [x, y] = dataset.batch(indices)
    const { grads } = tf.variableGrads(() => tf.losses.softmaxCrossEntropy(y, net.forward(x)), parameters)
    return parameters.map((parameter) => grads[parameter.name]?.dataSync() as Float32Array)
  }
  tf.setBackend(backend)
  const native = gradients()
  tf.setBackend('cpu')
  const differences = gradients().map((values, index) => {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const others = native[index] as Float32Array
    return values.reduce((most, value, at) => Math.max(most, Math.abs(value - (others[at] as number)) / largest), 0)
  })
  return Math.max(...differences)
}

const found: NativeGradients = {
  package: name,
  gpu,
  isGPUPackage,
  differences: { mlp: difference('mlp'), cnn: difference('cnn') },
}
process.stdout.write(`${JSON.stringify(found)}\n`)
