import t from 'tap'
import { causeLines } from './cause-text.ts'
import type { FirstCause } from './first-cause.ts'

const cause = (changes: object = {}): FirstCause =>
  ({
    rank: 3,
    host: 'h',
    pid: 17,
    attempt: 0,
    afterSeconds: 1.5,
    exitCode: 2,
    lastLines: [],
    others: [],
    ...changes,
  }) as unknown as FirstCause

t.test('the first failure names its rank, its end and its place', async (t) => {
  const where = 'host h, pid 17'
  for (const [changes, line] of [
    [{}, `exit code 2 (${where}, after 1.5 s)`],
    [{ attempt: 2 }, `exit code 2 (${where}, attempt 2, after 1.5 s)`],
    [{ signal: 'SIGKILL', exitCode: undefined }, `SIGKILL (${where}, after 1.5 s)`],
    [{ lostPeer: true }, `exit code 2, it had lost a peer (${where}, after 1.5 s)`],
  ] as const)
    t.strictSame(causeLines(cause(changes)), [`ranklog run: rank 3 failed first: ${line}`])
})

t.test('its error and its last lines are below', async (t) => {
  const lines = (changes: object) => causeLines(cause(changes)).slice(1)
  t.strictSame(lines({ error: { message: 'no device' } }), ['  no device'])
  t.strictSame(lines({ error: { message: 'no device', stack: 'Error: no device\n    at a\n' } }), [
    '  Error: no device',
    '      at a',
  ])
  t.strictSame(lines({ lastLines: ['one', 'two'] }), ['  its last lines:', '  | one', '  | two'])
})

t.test('other failures are listed, and what the remaining ranks did is summed up', async (t) => {
  const others = [
    { rank: 0, cause: 'followed', exitCode: 1 },
    { rank: 1, cause: 'followed', exitCode: 1 },
    { rank: 2, cause: 'failed', exitCode: 4, laterMs: 30, error: { message: 'a\nb' } },
    { rank: 4, cause: 'followed', signal: 'SIGTERM' },
    { rank: 5, cause: 'ended', exitCode: 0 },
    { rank: 6, cause: 'ended', exitCode: 0 },
    { rank: 7, cause: 'failed', signal: 'SIGSEGV', laterMs: 40 },
  ]
  t.strictSame(causeLines(cause({ others })).slice(1), [
    'rank 2 failed 30 ms later: exit code 4 (a b)',
    'rank 7 failed 40 ms later: SIGSEGV',
    'ranks 0-1 followed: exit code 1',
    'rank 4 followed: SIGTERM',
    'ranks 5-6 had already ended, or ended without an error',
  ])
})
