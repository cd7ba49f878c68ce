// Loads a native package, the folder on the command line, computes gradients with it, and prints what it is.
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'
import { configureTensorFlow } from '../tensorflow/backend.ts'
import { tryGradients } from '../tensorflow/try-gradients.ts'

/** What tfjs-node's backend says about itself. */
interface NativeBackend {
  isGPUPackage: boolean
  isUsingGpuDevice: boolean
  binding: { TF_Version: string }
}

configureTensorFlow()
createRequire(import.meta.url)(process.argv[2] ?? '')
if (!(await tf.setBackend('tensorflow'))) throw new Error("the backend 'tensorflow' cannot be created")
tryGradients()
const { isGPUPackage, isUsingGpuDevice, binding } = tf.backend() as unknown as NativeBackend
const { TF_Version: version } = binding
process.stdout.write(
  `TensorFlow ${version} computes gradients: GPU package ${isGPUPackage}, uses a GPU ${isUsingGpuDevice}\n`,
)
