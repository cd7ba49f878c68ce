/**
 * The collector takes nothing now, as a full pipe: lines wait in the outbox. One object, because each call that logs may get it while
 * that lasts, and a stack costs more than the call.
 */
export const collectorFull: NodeJS.ErrnoException = Object.assign(new Error('the collector takes nothing now'), {
  code: 'EAGAIN',
})
