import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exitCodeOf, firstCause } from './first-cause.ts'
import type { RankEnd } from './rank-process.ts'

t.test(
  'a rank that reported its error before the others were stopped failed first; a rank that did so later only followed',
  async (t) => {
    const folder = t.testdir()
    const errorFile = (rank: number) => join(folder, String(rank))
    const writeError = (rank: number, agoMs: number) => {
      writeFileSync(errorFile(rank), JSON.stringify({ message: `Error of ${rank}` }))
      const at = (Date.now() - agoMs) / 1000
      utimesSync(errorFile(rank), at, at)
    }
    const now = performance.now()
    const end = (rank: number, agoMs: number, given: Partial<RankEnd>): RankEnd => ({
      ...{ rank, pid: 100 + rank, code: null, signal: null, stopSignal: undefined, at: now - agoMs },
      ...given,
    })
    const last = (rank: number) => (rank === 0 ? ['Connection closed by peer'] : [])
    writeError(1, 3000)
    writeError(2, 1000)
    writeError(4, 1000) // after the stop request, and its exit code is 0
    const ends = [
      end(0, 2000, { code: 4 }),
      end(1, 500, { signal: 'SIGTERM', stopSignal: 'SIGTERM' }),
      end(2, 400, { code: 1, stopSignal: 'SIGTERM' }),
      end(3, 300, { code: 0, stopSignal: 'SIGTERM' }),
      end(4, 200, { code: 0, stopSignal: 'SIGTERM' }),
    ]
    const cause = firstCause({ attempt: 0, host: 'node-1', started: now - 5000, ends, errorFile, lastLines: last })
    t.match(cause, { rank: 1, cause: 'failed', error: { message: 'Error of 1' }, asked: true })
    t.strictSame(
      cause?.others.map(({ rank, cause, lostPeer }) => [rank, cause, lostPeer]),
      [
        [0, 'followed', true],
        [2, 'followed', undefined],
        [3, 'ended', undefined],
        [4, 'ended', undefined],
      ],
    )
    t.equal(cause && exitCodeOf(cause), 1)
    const gentle = ends.map((of) => (of.rank === 1 ? end(1, 500, { code: 0, stopSignal: 'SIGTERM' }) : of))
    const same = firstCause({ attempt: 0, host: '', started: 0, ends: gentle, errorFile, lastLines: last })
    t.match(
      same,
      { rank: 1, cause: 'failed', exitCode: 0 },
      'it reported its error, and its exit code is 0 because it handled SIGTERM',
    )
    t.equal(same && exitCodeOf(same), 1)
    const stopped = ends.map((end): RankEnd => ({ ...end, stopSignal: 'SIGTERM' }))
    t.equal(firstCause({ attempt: 0, host: '', started: 0, ends: stopped, errorFile, lastLines: last }), undefined)
  },
)
