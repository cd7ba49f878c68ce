import * as tf from '@tensorflow/tfjs'

interface FilterGradient {
  inputs: { x: tf.TensorInfo; dy: tf.TensorInfo }
  attrs: {
    strides: [number, number] | number
    pad: 'same' | 'valid' | number | ExplicitPadding
    dataFormat: string
    dimRoundingMode?: 'floor' | 'round' | 'ceil'
    filterShape: [height: number, width: number, inChannels: number, outChannels: number]
  }
  backend: tf.KernelBackend
}

type ExplicitPadding = tf.backend_util.ExplicitPadding
type Shape4D = [number, number, number, number]
type Tensors = Record<string, tf.TensorInfo>

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
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs
  if (dataFormat !== 'NHWC')
    throw new Error(
      `Conv2DBackpropFilter on the backend 'wasm': dataFormat must be 'NHWC', not '${dataFormat}'; transpose the input`,
    )
  const info = tf.backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode)
  const { strideHeight, strideWidth, outHeight, outWidth, padInfo } = info
  const [height, width, inChannels, outChannels] = filterShape
  const run = (name: string, tensors: Tensors, options: object): tf.TensorInfo =>
    tf
      .getKernel(name, 'wasm')
      .kernelFunc({ inputs: tensors, attrs: options as tf.NamedAttrMap, backend }) as tf.TensorInfo

  // after the last row and column: as many zeros as the last window needs, or fewer rows and columns of the output
  const bottom = (outHeight - 1) * strideHeight + height - info.inHeight - padInfo.top
  const right = (outWidth - 1) * strideWidth + width - info.inWidth - padInfo.left
  const padding = [[0, 0], [padInfo.top, Math.max(0, bottom)], [padInfo.left, Math.max(0, right)], [0, 0]] // biome-ignore format: a line
  const images = run('Transpose', { x }, { perm: [3, 1, 2, 0] })
  const filter = run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] })
  const convolution = { strides: [1, 1], dilations: [strideHeight, strideWidth], pad: padding, dataFormat }
  const all = run('Conv2D', { x: images, filter }, convolution)
  const part = run('Slice', { x: all }, { begin: [0, 0, 0, 0], size: [inChannels, height, width, outChannels] })
  const gradient = run('Transpose', { x: part }, { perm: [1, 2, 0, 3] })
  for (const { dataId } of [images, filter, all, part]) backend.disposeData(dataId)
  return gradient
}
