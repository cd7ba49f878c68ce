import type { Expected } from '../expected.ts'

/** `tensorboard --logdir`: it shows the curve `loss/train`. */
export const tensorboard: Expected = {
  needs: 'tensorboard',
  until: /^TensorBoard [\d.]+ at (http:\/\/.+)\/ /m,
  asks: { path: '/data/plugin/scalars/tags', answer: /"loss\/train"/ },
}
