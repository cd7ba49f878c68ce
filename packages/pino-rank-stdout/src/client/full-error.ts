/** How long a call waits for a reader that takes nothing, in ms. One that is only slower takes something within that time. */
export const maxReaderWaitMs = 20

/** The collector takes nothing now, as a full pipe: lines wait in the outbox. */
export class FullError extends Error {
  readonly code = 'EAGAIN'

  constructor() {
    super('the collector takes nothing now')
  }
}
