import t from 'tap'
import { gateConsole } from '../index.ts'

const as = (rank: number) => ({ rank: { rank, launcher: 'test', worldSize: 4 } })

/** Returns the sorted names of the console methods that the gate replaces. */
function gated(options: Parameters<typeof gateConsole>[0]): string[] {
  const names = Object.keys(console) as (keyof Console)[]
  const before = names.map((name) => console[name])
  const restore = gateConsole(options)
  const found = names.filter((name, at) => console[name] !== before[at])
  restore()
  if (names.some((name, at) => console[name] !== before[at])) throw new Error('a console method was not restored')
  return found.sort()
}

t.test('rank 0 prints from info, the others from error', async (t) => {
  t.strictSame(gated(as(0)), ['debug'])
  t.strictSame(gated(as(1)), 'count debug dir group groupCollapsed info log table timeEnd timeLog warn'.split(' '))
})

t.test('the options select ranks and levels, and invalid ones throw', async (t) => {
  t.strictSame(gated({ ...as(1), ranks: '*', level: 'debug' }), [])
  t.strictSame(gated({ ...as(1), others: 'warn' }).includes('warn'), false)
  t.ok(gated({ ...as(1), others: 'silent' }).includes('error'))
  t.strictSame(gated({ ...as(0), level: 'error' }), gated(as(1)))
  t.strictSame(gated({ ...as(0), level: 'fatal' }), [...gated(as(1)), 'assert', 'error', 'trace'].sort())
  t.throws(() => gateConsole({ level: 'loud' }), { code: 'LEVEL_UNKNOWN' })
  t.throws(() => gateConsole({ rankKey: 'r' } as never), { code: 'OPTION_UNKNOWN' })
})

t.test('a gated method prints nothing, and prints again once the console is restored', async (t) => {
  const printed: unknown[] = []
  t.intercept(console, 'info', { value: (text: unknown) => printed.push(text), writable: true })
  const restore = gateConsole(as(1))
  console.info('gated')
  restore()
  console.info('restored')
  t.strictSame(printed, ['restored'])
})
