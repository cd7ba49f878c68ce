import t, { type Test } from 'tap'
import { flushSettings } from './flush-options.ts'
import { fsyncSettings } from './fsync-options.ts'
import { splitLevels } from './level-options.ts'
import { overflowSettings } from './overflow-options.ts'

/** Checks that each of these options is refused, with an error that names it. */
function refuses(t: Test, settings: (options: never) => unknown, invalid: [option: string, values: unknown[]][]) {
  for (const [option, values] of invalid)
    for (const value of values)
      t.throws(
        () => settings({ [option]: value } as never),
        { code: 'OPTION_INVALID', message: new RegExp(`^test: option "${option}"`) },
        `${option}: ${String(value)}`,
      )
}

t.test('when lines are written: by size, by age and at a level', async (t) => {
  const settings = (options: Parameters<typeof flushSettings>[1]) => flushSettings('test', options, { audit: 35 })
  t.match(flushSettings('test', {}), { flushBytes: 65_536, flushMs: undefined, flushLevel: 50, levels: { info: 30 } })
  t.match(settings({ flushLevel: 'audit' }), { flushLevel: 35, levels: { audit: 35 } })
  t.match(settings({}), { flushLevel: 50 }, 'the number of error, also if the logger has no such level')
  t.match(settings({ flushLevel: 'silent' }), { flushLevel: Infinity })
  t.match(settings({ flushBytes: 1, flushMs: 1, flushLevel: 20 }), { flushBytes: 1, flushMs: 1, flushLevel: 20 })
  refuses(t, settings, [
    ['flushBytes', [0, 1.5, '64k', null]],
    ['flushMs', [0, -1, 2 ** 31, '1s', null]],
  ])
  t.throws(() => settings({ flushLevel: 'loud' }), { code: 'LEVEL_UNKNOWN', message: /test, option "flushLevel"/ })
})

t.test('the queue has room for a batch, and is much larger by default', async (t) => {
  const settings = (options: Parameters<typeof overflowSettings>[1], flushBytes = 1000) =>
    overflowSettings('test', options, flushBytes)
  t.strictSame(settings({}), { queueBytes: 16 * 1024 * 1024, overflow: 'block', blockMs: 1000 })
  t.equal(settings({}, 2 ** 28).queueBytes, 2 ** 28)
  const least = { queueBytes: 1000, overflow: 'drop', blockMs: 0 } as const
  t.strictSame(settings(least), least)
  t.equal(settings({ queueBytes: 2 ** 31 - 1 }).queueBytes, 2 ** 31 - 1)
  t.throws(() => settings({ queueBytes: 999 }), {
    code: 'OPTION_INVALID',
    message:
      /"queueBytes": expected at least "flushBytes", which is 1000.*received 999; raise it, or lower flushBytes$/,
  })
  refuses(t, settings, [
    ['queueBytes', [0, 1000.5, 2 ** 31, '1m', null]],
    ['overflow', ['wait', true, null]],
    ['blockMs', [-1, 2 ** 31, '1s', null]],
  ])
})

t.test('when to fsync', async (t) => {
  const settings = (options: Parameters<typeof fsyncSettings>[1]) => fsyncSettings('test', options)
  t.strictSame(settings({}), { fsync: 'never', fsyncMs: 1000 })
  t.strictSame(settings({ fsync: 'interval', fsyncMs: 1 }), { fsync: 'interval', fsyncMs: 1 })
  t.strictSame(settings({ fsync: 'flush' }).fsync, 'flush')
  refuses(t, settings, [
    ['fsync', ['always', true, null]],
    ['fsyncMs', [0, 0.5, '1s', null]],
  ])
})

t.test('the levels of a ready stream are those of pino and the custom ones', async (t) => {
  t.strictSame(splitLevels('test', {}), [splitLevels('test', { customLevels: {} })[0], {}])
  const given = { path: 'a', customLevels: { audit: 35 } }
  const [levels, others] = splitLevels('test', given)
  t.match(levels, { audit: 35, info: 30 })
  t.strictSame(others, { path: 'a' })
  const split = (options: object) => splitLevels('test', options)
  refuses(t, split, [['customLevels', [null, 'audit', ['audit'], { audit: '35' }, { audit: Number.NaN }, 35]]])
  t.throws(() => split({ customLevels: 5 }), { message: /give those of the logger, e\.g\. \{ audit: 35 \}$/ })
})
