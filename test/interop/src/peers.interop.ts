import t from 'tap'
import { listedTests, listedWithoutFailure, runSuite, unlistedFailures } from './peers/run-suite.ts'
import { suites } from './peers/suites.ts'
import { TapReader } from './peers/tap-reader.ts'

t.setTimeout(1_200_000)

t.test('TapReader reads the tests in the output of node:test and tap', async (t) => {
  const text = `TAP version 14
# Subtest: group
    # Subtest: good
        ok 1 - should be equal
        1..1
    ok 1 - good # time=1.5ms
    # Subtest: bad \\# 1
        not ok 1 - expected to throw
          ---
          at: 1
          ...
        1..1
    not ok 2 - bad \\# 1
    # Subtest: left out
    ok 3 - left out # SKIP not here
    1..3
not ok 1 - group
# Subtest: twice
ok 2 - twice
# Subtest: twice
ok 3 - twice
# Subtest: pending
not ok 4 - pending
  ---
  failureType: 'cancelledByParent'
  ...
# Subtest: never ends
    ok 1 - in time
    # Subtest: waits
    not ok 2 - waits
    not ok 3 - child test left in queue: not begun`
  t.strictSame(
    TapReader.read(text).map(({ path, status }) => `${status}: ${path.join(' > ')}`),
    [
      'passed: group > good',
      'failed: group > bad # 1',
      'skipped: group > left out',
      'passed: twice',
      'passed: twice (2)',
      'cancelled: pending',
      'failed: never ends > waits',
      'unrun: never ends > not begun',
    ],
  )
  t.match(TapReader.read(text)[1]?.detail, /expected to throw\n---\nat: 1/)
})

for (const suite of suites) {
  const skip = suite.inFullMatrix && !process.env.INTEROP_ALL ? 'only with --all' : false
  t.test(suite.name, { skip }, async (t) => {
    const results = await runSuite(t, suite, (file) => t.comment(file))
    const listed = listedTests(suite)
    for (const { name, detail } of unlistedFailures(results, listed)) t.fail(name, { detail, stack: '' })
    t.strictSame(listedWithoutFailure(results, listed), [], 'each listed test fails')
    const passed = results.filter(({ status }) => status === 'passed').length
    t.comment(`${passed} passed, ${listed.size} listed, of ${results.length}`)
    t.ok(passed > 0)
  })
}
