import t from 'tap'
import { flagsOf, WriteMode } from './write-mode.ts'

t.test(
  'the flags are read again after 100 ms and less often while they do not change; unknown flags mean non-blocking',
  async (t) => {
    let [now, flags]: [number, number | undefined] = [0, 0o1]
    const mode = new WriteMode(
      () => flags,
      () => now,
    )
    t.equal(mode.isBlocking, true)
    flags = 0o4001
    now = 99
    t.equal(mode.isBlocking, true)
    now = 100
    t.equal(mode.isBlocking, false)
    flags = undefined
    now = 200
    t.equal(mode.isBlocking, false)
    flags = 0o1
    now = 399
    t.equal(mode.isBlocking, false)
    now = 400
    t.equal(mode.isBlocking, true)
    t.equal(flagsOf(2 ** 30, 1), undefined)
  },
)
