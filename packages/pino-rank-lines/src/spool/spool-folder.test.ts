import fs, { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs' // biome-ignore format: one line
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { mock } from 'node:test'
import { type ProcessId, thisProcess } from 'pino-rank/process'
import t, { type Test } from 'tap'
import { probeFile } from '../system/index.ts'
import { SpoolFile } from './spool-file.ts'
import { SpoolFolder } from './spool-folder.ts'
import { spoolName as nameOf, parseSpoolName as parse } from './spool-name.ts'

const prefix = 'mlflow'
const parseSpoolName = (name: string) => parse(prefix, name)
const spoolName = (id: string, holder: 'this process' | 'free') => nameOf(prefix, id, holder)
const id = (n: number) => `${n}0000000-0000-4000-8000-000000000000`
const stranger: ProcessId = { ...thisProcess(), boot: 'another', host: 'far' }

function open(t: Test, leaseMs = 20_000) {
  const path = t.testdir()
  const skipped: string[] = []
  const folder = new SpoolFolder(path, { prefix, leaseMs, onSkip: (_, why) => skipped.push(why) })
  return { path, folder, skipped }
}

/** Renames a file as if another process held it. @returns its path */
function giveTo(folder: string, path: string, holder: ProcessId): string {
  const { host, boot, pidNamespace, pid, startTime } = holder
  const parts = [host, boot, pidNamespace, String(pid), startTime].map(encodeURIComponent).join(',')
  const given = join(folder, `mlflow-${parseSpoolName(path.slice(folder.length + 1))?.id}.${parts}.00000000.ndjson`)
  renameSync(path, given)
  return given
}

/** Sets a file's lease as if it had last been renewed `seconds` ago. */
function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds
  utimesSync(path, then, then)
}

t.test('a name identifies its holder, whatever the host name is', async (t) => {
  const name = spoolName(id(1), 'this process')
  t.strictSame(parseSpoolName(name), { id: id(1), holder: { ...thisProcess(), host: thisProcess().host.slice(0, 40) } })
  t.ok(Buffer.byteLength(name) < 256)
  t.not(name, spoolName(id(1), 'this process'), 'no name comes twice')
  t.match(parseSpoolName(spoolName(id(2), 'free')), { id: id(2), holder: 'free' })
  t.strictSame(parseSpoolName(`mlflow-a.b-1-${id(3)}.ndjson`), { id: id(3), holder: undefined })
  t.strictSame(parseSpoolName(`mlflow-${id(3)}.%E0%A4%A,1,1,1,1.00000000.ndjson`), { id: id(3), holder: undefined })
  const parts = ['host', 'boot', 'pid:[1]', '7', '99'].map(encodeURIComponent)
  const holderOf = (...parts: string[]) => parseSpoolName(`mlflow-${id(4)}.${parts.join(',')}.00000000.ndjson`)?.holder
  t.strictSame(holderOf(...parts), { host: 'host', boot: 'boot', pidNamespace: 'pid:[1]', pid: 7, startTime: '99' })
  t.equal(holderOf(...parts.slice(1)), undefined, 'a part is missing')
  t.equal(holderOf(...parts, 'more'), undefined, 'a part too many')
  for (const other of ['a', `nats-${id(1)}.free.00000000.ndjson`, `mlflow-${id(1)}.ndjson.tmp`, '.mlflow-clock-1'])
    t.equal(parseSpoolName(other), undefined)
})

t.test(
  'lines are read from an offset, also those that come meanwhile; a last one without its end is not',
  async (t) => {
    const { path, folder } = open(t)
    const long = 'x'.repeat(700_000)
    const file = folder.create(id(1), `head\n${long}\n`)
    const lines = file.lines()
    t.strictSame(lines.next().value, { text: 'head', end: 5 })
    t.ok(file.append('more\n\nä\n'))
    const rest = [...lines]
    t.strictSame(rest.map(({ text }) => text), [long, 'more', 'ä']) // biome-ignore format: a line
    appendFileSync(file.path, 'torn')
    t.strictSame(
      [...file.lines(rest[0]?.end)].map(({ text }) => text),
      ['more', 'ä'],
    )
    t.equal(statSync(file.path).mode & 0o027, 0, 'no one else may write it')
    file.remove()
    t.strictSame(readdirSync(path), [])
  },
)

t.test('only the holder renews its file', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { folder } = open(t)
  const file = folder.create(id(1), '{"a":1}\n')
  age(file.path, 3600)
  mock.timers.tick(5000)
  t.ok(Date.now() - statSync(file.path).mtimeMs < 1_800_000)
  t.equal(readFileSync(file.path, 'utf8'), '{"a":1}\n')
  file.release()
  const [free = ''] = readdirSync(folder.path)
  age(join(folder.path, free), 3600)
  mock.timers.tick(60_000)
  t.ok(Date.now() - statSync(join(folder.path, free)).mtimeMs > 1_800_000)
})

t.test('the file of a dead or silent holder is taken', async (t) => {
  const cases: [what: string, holder: ProcessId, agedBy: number, taken: boolean][] = [
    ['of this process', thisProcess(), 3600, false],
    ['of a process that has ended', { ...thisProcess(), startTime: '1' }, -3600, true],
    ['of an unknown process that renews it', stranger, -3600, false],
    ['of an unknown process that does not renew it', stranger, 3600, true],
    ['of a container of this host', { ...thisProcess(), pidNamespace: 'pid:[1]' }, -3600, false],
  ]
  for (const [what, holder, seconds, taken] of cases) {
    const { path, folder, skipped } = open(t)
    const made = folder.create(id(1), 'a\n')
    const given = giveTo(path, made.path, holder)
    age(given, seconds)
    const found = [...folder.claimOrphaned()]
    t.equal(found.length === 1, taken, what)
    t.equal(existsSync(given), !taken)
    t.equal(skipped.length, !taken && holder !== cases[0]?.[1] ? 1 : 0)
    if (taken) t.ok(Date.now() - statSync(found[0]?.path as string).mtimeMs < 1_800_000, 'with a new lease')
    for (const file of [made, ...found]) file.remove()
  }
})

t.test('only one of several claimers of the same file takes it', async (t) => {
  const { path, folder } = open(t)
  folder.create(id(1), 'a\n').release()
  const [name = ''] = readdirSync(path)
  const { uid } = probeFile(join(path, 'probe'))
  const place = { path, prefix, renewMs: 1000 }
  const found = [1, 2, 3].map(() => SpoolFile.take(place, id(1), name, uid))
  t.strictSame(
    found.map((file) => file !== undefined),
    [true, false, false],
  )
  t.throws(() => SpoolFile.take(place, id(1), readdirSync(path)[0] as string, uid + 1), 'of another user')
  found[0]?.remove()
})

t.test('two files of one queue are never sent by two processes', async (t) => {
  const { path, folder } = open(t)
  const [first, second] = [folder.create(id(1), 'a\n'), folder.create(id(1), 'b\n')]
  second.release()
  const held = giveTo(path, first.path, stranger)
  age(held, -3600)
  t.strictSame([...folder.claimOrphaned()], [])
  t.ok(folder.isHeldElsewhere({ id: id(1), path: '' }))
  t.notOk(folder.isHeldElsewhere({ id: id(1), path: held }))
  t.notOk(folder.isHeldElsewhere({ id: id(2), path: '' }))
  age(held, 3600)
  const found = [...folder.claimOrphaned()]
  t.equal(found.length, 1, 'one after the other')
  for (const file of [first, ...found]) file.remove()
})

t.test('a holder whose file was taken notices it and loses nothing', async (t) => {
  const { path, folder } = open(t)
  const file = folder.create(id(1), 'a\n')
  t.notOk(file.isTaken())
  giveTo(path, file.path, stranger)
  t.ok(file.isTaken())
  t.notOk(file.append('b\n'), 'the line belongs into a new file')
  file.release()
  file.remove()
  t.equal(readdirSync(path).length, 1)
})

t.test('the lines go into a new file if the file is taken during an append', async (t) => {
  const { path, folder } = open(t)
  const file = folder.create(id(1), 'a\n')
  const { fstatSync } = fs
  t.teardown(() => {
    fs.fstatSync = fstatSync
    syncBuiltinESMExports()
  })
  // the file is open then, and nothing is written yet
  fs.fstatSync = ((...args: Parameters<typeof fstatSync>) => {
    if (existsSync(file.path)) giveTo(path, file.path, stranger)
    return fstatSync(...args)
  }) as typeof fstatSync
  syncBuiltinESMExports()
  t.notOk(file.append('b\n'))
  file.release()
})

t.test('a file that another process removes meanwhile is not reported', async (t) => {
  const { path, folder, skipped } = open(t)
  for (const n of [1, 2]) folder.create(id(n), 'a\n').release()
  const ids: string[] = []
  for (const file of folder.claimOrphaned()) {
    ids.push(file.id)
    for (const name of readdirSync(path)) if (name.includes(id(2))) rmSync(join(path, name))
    file.remove()
  }
  t.strictSame([ids, skipped], [[id(1)], []])
})

t.test('reading the folder’s clock leaves no file, and files of killed processes are removed', async (t) => {
  const { path, folder } = open(t)
  for (const name of ['.mlflow-clock-old', '.mlflow-clock-new']) writeFileSync(join(path, name), '')
  age(join(path, '.mlflow-clock-old'), 3600)
  age(join(path, '.mlflow-clock-new'), -3600)
  folder.create(id(1), 'a\n').release()
  for (const file of folder.claimOrphaned()) file.remove()
  t.strictSame(readdirSync(path), ['.mlflow-clock-new'])
})

t.equal([...new SpoolFolder('/nowhere/at/all', { prefix }).claimOrphaned()].length, 0, 'a missing folder has no spools')
