import * as tf from '@tensorflow/tfjs'
import { convolutionFilterGradient, convolutionInputGradient } from './wasm-convolution-gradients.ts'

/** A kernel, as TensorFlow.js calls it. */
type Kernel = (call: {
  inputs: Record<string, tf.TensorInfo>
  attrs: object
  backend: tf.KernelBackend
}) => tf.TensorInfo

let isRegistered = false

/**
 * Registers the kernels of gradients that tfjs-backend-wasm 4.22 lacks: those of conv2d, depthwiseConv2d and gather. Replaces one that is
 * slow. A gradient that needs another kernel fails with the error of TensorFlow.js, which names the kernel and the backend.
 */
export function registerWasmKernels(): void {
  if (isRegistered) return
  isRegistered = true
  const kernels: Record<string, Kernel> = {
    Conv2DBackpropFilter: convolutionFilterGradient as unknown as Kernel,
    DepthwiseConv2dNativeBackpropFilter: inJavaScript('DepthwiseConv2dNativeBackpropFilter'),
    DepthwiseConv2dNativeBackpropInput: inJavaScript('DepthwiseConv2dNativeBackpropInput'),
    UnsortedSegmentSum: segmentSum as unknown as Kernel,
  }
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'wasm')) continue // a later version may have it
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernel as unknown as tf.KernelFunc })
  }
  const own = tf.getKernel('Conv2DBackpropInput', 'wasm')
  const kernelFunc = convolutionInputGradient(own.kernelFunc as never) as unknown as tf.KernelFunc
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm')
  tf.registerKernel({ ...own, kernelFunc })
}

/** Returns a kernel that copies its inputs to the cpu backend, and its output back. It is slow. */
function inJavaScript(name: string): Kernel {
  return ({ inputs, attrs, backend }) => {
    const cpu = tf.findBackend('cpu')
    const kernel = tf.getKernel(name, 'cpu').kernelFunc as unknown as Kernel
    const copies = Object.entries(inputs).map(([input, tensor]) => [input, copyOf(tensor, backend, cpu)] as const)
    const output = kernel({ inputs: Object.fromEntries(copies), attrs, backend: cpu })
    const result = copyOf(output, cpu, backend)
    for (const { dataId } of [...copies.map(([, copy]) => copy), output]) cpu.disposeData(dataId)
    return result
  }
}

function copyOf({ dataId, shape, dtype }: tf.TensorInfo, from: tf.KernelBackend, to: tf.KernelBackend): tf.TensorInfo {
  return { dataId: to.write(from.readSync(dataId), shape, dtype) as tf.DataId, shape, dtype }
}

interface SegmentSum {
  inputs: { x: tf.TensorInfo; segmentIds: tf.TensorInfo }
  attrs: { numSegments: number }
  backend: tf.KernelBackend
}

/** The kernel UnsortedSegmentSum: adds the rows of `x` with the same segment id. Rows with a negative id are left out. */
function segmentSum({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }: SegmentSum): tf.TensorInfo {
  const shape = [numSegments, ...x.shape.slice(1)]
  const size = tf.util.sizeFromShape(shape.slice(1))
  const values = backend.readSync(x.dataId) as Float32Array | Int32Array
  const sums = x.dtype === 'int32' ? new Int32Array(numSegments * size) : new Float32Array(numSegments * size)
  for (const [row, segment] of (backend.readSync(segmentIds.dataId) as Int32Array).entries()) {
    if (segment < 0) continue
    if (segment >= numSegments)
      throw new RangeError(`UnsortedSegmentSum: segment id ${segment} must be below the ${numSegments} segments`)
    for (let at = 0; at < size; at++)
      sums[segment * size + at] = (sums[segment * size + at] as number) + (values[row * size + at] as number)
  }
  return { dataId: backend.write(sums, shape, x.dtype) as tf.DataId, shape, dtype: x.dtype }
}
