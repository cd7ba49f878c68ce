import * as tf from '@tensorflow/tfjs'

/** Returns how many tensors there are, and how many buffers they use, by the engine's count and by the backend's. */
export function countTensors(): { tensors: number; buffers: number; ofBackend: number } {
  const { numTensors, numDataBuffers } = tf.memory()
  return { tensors: numTensors, buffers: numDataBuffers, ofBackend: tf.backend().numDataIds() }
}
