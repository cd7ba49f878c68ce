import type { CollectorSocket } from 'pino-rank-stdout/collector'
import type { RankLog } from './rank-log.ts'
import type { RankStream } from './run-output.ts'

/** Returns the streams of a collector's slots. Each is copied to the log of its rank. */
export function sentStreams({ slots, names }: CollectorSocket, logOf: (name: string) => RankLog): RankStream[] {
  return slots.map((slot, at) => {
    const name = names[at]
    return name ? logOf(name).tee(slot) : teeWhenNamed(slot, () => logOf(names[at] as string))
  })
}

/** Wraps a slot that has no rank yet. Its rank, and so its log, is known when its first bytes come. */
function teeWhenNamed(slot: RankStream, logOf: () => RankLog): RankStream {
  return {
    async *[Symbol.asyncIterator]() {
      const iterator = slot[Symbol.asyncIterator]()
      const first = await iterator.next()
      if (!first.done) yield* logOf().tee(prepend(first.value, iterator))
    },
    get isAway() {
      return slot.isAway === true
    },
  }
}

async function* prepend(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* { [Symbol.asyncIterator]: () => iterator }
}
