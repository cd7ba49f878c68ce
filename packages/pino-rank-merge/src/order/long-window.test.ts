import t from 'tap'
import { merge } from '../index.ts'

const start = 1_700_000_000_000

function event(): [happened: Promise<void>, happen: () => void] {
  let happen = () => {}
  const happened = new Promise<void>((resolve) => {
    happen = resolve
  })
  return [happened, happen]
}

t.test('a window longer than Node’s longest timer works as a long window', async (t) => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  t.teardown(() => process.off('warning', onWarning))
  for (const reorderWindowMs of [2 ** 31, 2 ** 53, Infinity]) {
    const [ended, end] = event()
    const [hasWritten, onWritten] = event()
    const line = (ms: number) => Buffer.from(`{"time":${start + ms}}\n`)
    async function* writingSource() {
      await hasWritten // the merge waits for a source only after its first line
      yield line(1000)
      yield line(2000)
    }
    async function* silentSource() {
      yield line(500)
      onWritten()
      await ended
    }
    const written: string[] = []
    const all = (async () => {
      for await (const chunk of merge([writingSource(), silentSource()], {
        live: true,
        reorderWindowMs,
        now: () => start + 3000,
      }))
        written.push(String(chunk))
    })()
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    t.notMatch(written.join(''), /1000}|2000}/, 'the merge waits for the silent source')
    end()
    await all
    t.equal(written.join(''), [500, 1000, 2000].map((ms) => String(line(ms))).join(''))
  }
  t.strictSame(warnings, [])
})

t.test('an invalid window is refused at construction', async (t) => {
  for (const ms of [-1, NaN, '50ms' as never, {} as never]) {
    for (const option of ['reorderWindowMs', 'maxReorderWindowMs', 'startWindowMs'])
      t.throws(() => merge([], { live: true, [option]: ms }), {
        name: 'RangeError',
        message: `"${option}"`,
      })
  }
})
