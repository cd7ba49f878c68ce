/**
 * Thrown while the collector is full, like EAGAIN of a full pipe. Lines are then buffered in the outbox. It is one
 * object for all calls, because a new stack trace for each call would cost more than the call.
 */
export const collectorFull: NodeJS.ErrnoException = Object.assign(new Error('the collector is full'), {
  code: 'EAGAIN',
})
