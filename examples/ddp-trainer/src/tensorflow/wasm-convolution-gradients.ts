import * as tf from '@tensorflow/tfjs'

type Shape4D = [number, number, number, number]
type FilterShape = [height: number, width: number, inChannels: number, outChannels: number]
type Tensors = Record<string, tf.TensorInfo>

/** The attributes of a conv2d. */
interface Convolution {
  strides: [number, number] | number
  pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding
  dataFormat: string
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

interface FilterGradient {
  inputs: { x: tf.TensorInfo; dy: tf.TensorInfo }
  attrs: Convolution & { filterShape: FilterShape }
  backend: tf.KernelBackend
}

interface InputGradient {
  inputs: { dy: tf.TensorInfo; filter: tf.TensorInfo }
  attrs: Convolution & { inputShape: Shape4D }
  backend: tf.KernelBackend
}

/**
 * The kernel Conv2DBackpropFilter for WASM: the gradient of a conv2d with respect to its filter.
 *
 * The gradient at (i, j, c, k) is the sum of x[b, i + stride · row - top, j + stride · column - left, c] · dy[b, row, column, k] over b,
 * row and column. So it is a convolution itself, which WASM computes fast: its batches are the channels c of x, its channels the batches
 * b, its filter is dy, and its dilation the stride.
 *
 * @throws {Error} if the data format is not NHWC
 */
export function convolutionFilterGradient({ inputs: { x, dy }, attrs, backend }: FilterGradient): tf.TensorInfo {
  if (attrs.dataFormat !== 'NHWC')
    throw new Error(
      `Conv2DBackpropFilter on the backend 'wasm': dataFormat must be 'NHWC', not '${attrs.dataFormat}'; transpose the input`,
    )
  const [height, width, inChannels, outChannels] = attrs.filterShape
  const { strideHeight, strideWidth, outHeight, outWidth, padInfo, inHeight, inWidth } = infoOf(
    x.shape,
    attrs.filterShape,
    attrs,
  )
  // after the last row and column: as many zeros as the last window needs, or fewer rows and columns of the output
  const bottom = (outHeight - 1) * strideHeight + height - inHeight - padInfo.top
  const right = (outWidth - 1) * strideWidth + width - inWidth - padInfo.left
  const images = run(backend, 'Transpose', { x }, { perm: [3, 1, 2, 0] })
  const filter = run(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] })
  const convolution = {
    strides: [1, 1],
    dilations: [strideHeight, strideWidth],
    pad: [[0, 0], [padInfo.top, Math.max(0, bottom)], [padInfo.left, Math.max(0, right)], [0, 0]], // biome-ignore format: a line
    dataFormat: 'NHWC',
  }
  const all = run(backend, 'Conv2D', { x: images, filter }, convolution)
  const size = [inChannels, height, width, outChannels]
  const part = run(backend, 'Slice', { x: all }, { begin: [0, 0, 0, 0], size })
  const gradient = run(backend, 'Transpose', { x: part }, { perm: [1, 2, 0, 3] })
  for (const { dataId } of [images, filter, all, part]) backend.disposeData(dataId)
  return gradient
}

/**
 * Returns a kernel Conv2DBackpropInput for WASM that is faster than its own for a stride of 1: the gradient of a conv2d with respect to
 * its input is then the convolution of dy with the filter, which is rotated by 180° and has its channels exchanged.
 *
 * @param own the kernel of WASM, which is used for other strides
 */
export function convolutionInputGradient(own: (gradient: InputGradient) => tf.TensorInfo): typeof own {
  return (gradient) => {
    const { inputs, attrs, backend } = gradient
    const { dy, filter } = inputs
    if (attrs.dataFormat !== 'NHWC') return own(gradient)
    const [height = 0, width = 0] = filter.shape
    const { strideHeight, strideWidth, padInfo } = infoOf(attrs.inputShape, filter.shape as FilterShape, attrs)
    const rows = [height - 1 - padInfo.top, height - 1 - padInfo.bottom]
    const columns = [width - 1 - padInfo.left, width - 1 - padInfo.right]
    if (strideHeight * strideWidth !== 1 || Math.min(...rows, ...columns) < 0) return own(gradient)
    const rotated = run(backend, 'Reverse', { x: filter }, { dims: [0, 1] })
    const exchanged = run(backend, 'Transpose', { x: rotated }, { perm: [0, 1, 3, 2] })
    const pad = [[0, 0], rows, columns, [0, 0]]
    const convolution = { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' }
    const result = run(backend, 'Conv2D', { x: dy, filter: exchanged }, convolution)
    for (const { dataId } of [rotated, exchanged]) backend.disposeData(dataId)
    return result
  }
}

function infoOf(inputShape: number[], filterShape: FilterShape, { strides, pad, dimRoundingMode }: Convolution) {
  return tf.backend_util.computeConv2DInfo(inputShape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode)
}

function run(backend: tf.KernelBackend, name: string, inputs: Tensors, attrs: object): tf.TensorInfo {
  const kernel = tf.getKernel(name, 'wasm').kernelFunc
  return kernel({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo
}
