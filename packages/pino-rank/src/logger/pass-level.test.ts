import pino from 'pino'
import t from 'tap'
import { rankLogger } from '../index.ts'

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })

/** A stream that notes the level that it was given with each line. */
class LeveledStream {
  lastLevel: number | undefined
  readonly levels: (number | undefined)[] = []

  write(): void {
    this.levels.push(this.lastLevel)
    this.lastLevel = undefined
  }
}

const metadata = Symbol.for('pino.metadata')
const declared = (takesLevel?: boolean) =>
  Object.assign(new LeveledStream(), { [Symbol.for('pino-rank')]: { ranks: '*', others: 'error', takesLevel } })

t.test('a stream that takes the level gets it with each record, and no other metadata', async (t) => {
  const stream = Object.assign(declared(true), { [metadata]: true })
  const log = rankLogger(as(0), stream)
  log.info('i')
  log.child({ part: 'c' }).error('e')
  t.strictSame(stream.levels, [30, 50])
  t.notOk('lastObj' in stream)
  pino({}, stream).warn('of another logger')
  t.strictSame(stream.levels, [30, 50, undefined])
})

t.test('other streams get metadata only from pino, and only if they ask for it', async (t) => {
  const plain = declared()
  rankLogger(as(0), plain).info('i')
  t.strictSame(plain.levels, [undefined])
  const asking = Object.assign(declared(), { [metadata]: true })
  rankLogger(as(0), asking).info('i')
  t.strictSame(asking.levels, [30])
  t.ok('lastObj' in asking)
})
