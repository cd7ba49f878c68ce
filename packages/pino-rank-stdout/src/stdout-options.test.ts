import t from 'tap'
import { runOf, stdoutSettings } from './stdout-options.ts'

t.test('options that are left out have their defaults', async (t) => {
  t.match(stdoutSettings({}), { merge: 'auto', collector: undefined, flushMs: undefined })
  t.match(stdoutSettings({ collector: true }).collector, { lingerMs: 0, options: { reorderWindowMs: 50 } })
})

for (const [given, code, message] of [
  [
    { merge: 'sometimes' },
    'OPTION_INVALID',
    /option "merge": expected "auto" or "always" or "never", received "sometimes"/,
  ],
  [{ collector: 1 }, 'OPTION_INVALID', /option "collector": expected true, false or its options, received 1/],
  [
    { collector: { linger: 1 } },
    'OPTION_UNKNOWN',
    /option "collector": expected only lingerMs, reorderWindowMs, label, received "linger"/,
  ],
  [{ collector: { lingerMs: -1 } }, 'OPTION_INVALID', /option "collector.lingerMs": expected a whole number from 0/],
  [{ collector: { label: 3 } }, 'OPTION_INVALID', /option "collector.label": expected a string, received 3/],
  [
    { collector: true, merge: 'never' },
    'OPTION_INVALID',
    /option "collector": expected merge "auto" or "always" with it/,
  ],
  [{ lingerMs: 3 }, 'OPTION_UNKNOWN', /did you mean collector.lingerMs\?/],
] as const) {
  t.test(`refused: ${JSON.stringify(given)}`, async (t) => {
    t.throws(() => stdoutSettings(given as never), { code, message })
  })
}

t.test('a collector needs a run key, unless there is one rank', async (t) => {
  const rank = { rank: 1, launcher: 'pm2' }
  t.equal(runOf(stdoutSettings({}), rank), undefined)
  t.strictSame(runOf(stdoutSettings({}), { ...rank, runKey: 'k' }), { runKey: 'k', attempt: 0 })
  t.equal(runOf(stdoutSettings({ merge: 'never' }), { ...rank, runKey: 'k' }), undefined)
  for (const options of [{ merge: 'always' }, { collector: true }] as const) {
    t.throws(() => runOf(stdoutSettings(options), rank), {
      code: 'RANK_FIELD_MISSING',
      message:
        /ranks that have a run key, received "none, from pm2"; set RANKLOG_RUN_ID to the same value on all ranks of the job/,
    })
    t.equal(runOf(stdoutSettings(options), { ...rank, worldSize: 1 }), undefined, 'one rank needs no run key')
  }
})
