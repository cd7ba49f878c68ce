import * as tf from '@tensorflow/tfjs'

/**
 * Computes gradients of a product of matrices and of a convolution, because an addon may load and then fail at its first operation, and
 * a backend may lack a kernel.
 *
 * @throws {Error} if a gradient is wrong, or cannot be computed
 */
export function tryGradients(): void {
  tf.tidy(() => {
    const square = tf.grad((x) => tf.sum(tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)))
    expect('a product', [square(tf.tensor2d([[1, 2], [3, 4]]))], ['7,11,9,13']) // biome-ignore format: a matrix
    const image = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])
    const filter = tf.tensor4d([1, 2, 3, 4], [2, 2, 1, 1])
    const convolve = tf.grads((x, w) => tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'valid')))
    expect('a convolution', convolve([image, filter]), ['1,3,2,4,10,6,3,7,4', '12,16,24,28'])
  })
}

function expect(what: string, gradients: readonly tf.Tensor[], wanted: readonly string[]): void {
  for (const [index, gradient] of gradients.entries()) {
    const found = String(gradient.dataSync())
    if (found !== wanted[index]) throw new Error(`it computes a wrong gradient of ${what}, ${found}`)
  }
}
