import t from 'tap'
import { ReorderWindow } from './reorder-window.ts'

t.test('the window grows with the delay of sources up to its maximum, and shrinks later', async (t) => {
  const window = new ReorderWindow({ ms: 250, maxMs: 2000 })
  const at = (ms: number, delayMs: number) => {
    window.age(ms)
    window.observe(delayMs)
    return window.ms
  }
  t.equal(window.ms, 250)
  t.equal(at(0, 100), 250, 'the initial window covers a delay of 100 ms')
  t.equal(at(10, 400), 800)
  t.equal(at(20, 0), 800)
  t.equal(at(29_000, 300), 800)
  t.equal(at(30_500, 5000), 2000)
  t.equal(at(61_000, 0), 2000, 'a delay is remembered for at least 30 s')
  t.equal(at(92_000, 0), 250, 'and for at most 60 s')
  t.equal(at(93_000, 200), 400)
  t.equal(at(200_000, 0), 250)
})

t.test('a window without a larger maximum stays constant', async (t) => {
  const window = new ReorderWindow({ ms: 20, maxMs: 0 })
  window.observe(1000)
  t.equal(window.ms, 20)
  t.equal(window.maxMs, 20)
})
