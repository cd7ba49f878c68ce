import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { claimSocket } from './claim-socket.ts'
import { newSocketPathIn, removeSocket, socketEnv, socketPath } from './socket-path.ts'

const run = { runKey: 'one' }
const known = `ranklog-${process.getuid?.()}`
const isFresh = (folder: string) => new RegExp(`^${known}-${process.pid}-\\w{6}$`).test(folder)
const modeOf = (path: string) => lstatSync(path).mode & 0o777

/** A folder with a short path, because a socket's path has few bytes. */
function baseFolder(t: Test, mode = 0o700): string {
  const base = mkdtempSync(join(tmpdir(), 'sp-'))
  chmodSync(base, mode)
  t.teardown(() => rmSync(base, { recursive: true }))
  return base
}

async function listen(t: Test, path: string): Promise<void> {
  const server = createServer()
  t.teardown(() => server.close())
  t.ok(await claimSocket(server, path), 'a collector can listen there')
}

t.test('in a base folder that all users may write to, the known folder is for our user alone', async (t) => {
  const base = baseFolder(t, 0o1777)
  const path = newSocketPathIn([base], run, true)
  t.equal(dirname(path), join(base, known))
  t.equal(modeOf(dirname(path)), 0o700)
  await listen(t, path)
  t.strictSame(socketEnv(path), { RANKLOG_SOCKET_DIR: base })
  t.equal(socketPath(run, { RANKLOG_SOCKET_DIR: base }), path, 'a rank finds it')
  t.equal(socketPath({ ...run, attempt: 1 }, { RANKLOG_SOCKET_DIR: base }), undefined)
})

const isRoot = process.getuid?.() === 0
for (const [what, take, fault, needsRoot] of [
  ['a folder that others may enter', (path) => mkdirSync(path) ?? chmodSync(path, 0o755), 'mode 755, not 700'],
  ['a folder that others may list', (path) => mkdirSync(path) ?? chmodSync(path, 0o740), 'mode 740, not 700'],
  [
    'a folder of another user',
    (path) => mkdirSync(path, 0o700) ?? chownSync(path, 12_345, 0),
    'belongs to user 12345',
    true,
  ],
  [
    'a symbolic link to a folder of ours',
    (path) => mkdirSync(`${path}-x`, 0o700) ?? symlinkSync(`${path}-x`, path),
    'a symbolic link',
  ],
  ['a symbolic link to nothing', (path) => symlinkSync(`${path}-x`, path), 'a symbolic link'],
  ['a file', (path) => writeFileSync(path, ''), 'not a folder'],
] as [string, (path: string) => void, string, boolean?][]) {
  t.test(
    `if ${what} has the known name, another base folder or a random name is used`,
    { skip: needsRoot && !isRoot && 'needs root' },
    async (t) => {
      const base = baseFolder(t)
      take(join(base, known))
      const taken = lstatSync(join(base, known))
      t.throws(() => newSocketPathIn([base], run, false), {
        message: `pino-rank-stdout: no folder for a socket: expected a folder of this user alone, received ${join(base, known)} (${fault}); set RANKLOG_SOCKET_DIR to a writable folder with a short path`,
      })
      const other = baseFolder(t)
      t.equal(dirname(newSocketPathIn([base, other], run, true)), join(other, known), 'the next base folder is used')

      const path = newSocketPathIn([base], run, true)
      const fresh = dirname(dirname(path))
      t.equal(dirname(fresh), base)
      t.ok(isFresh(basename(fresh)), 'the name is random')
      t.strictSame([modeOf(fresh), modeOf(dirname(path))], [0o700, 0o700])
      await listen(t, path)
      t.equal(socketPath(run, socketEnv(path)), path, 'a rank with its variables finds it')
      t.equal(
        socketPath(run, { RANKLOG_SOCKET_DIR: base }),
        undefined,
        'a rank does not use a folder that others may have made',
      )

      removeSocket(path)
      t.notOk(existsSync(fresh), 'the folder is removed with its socket')
      t.match(lstatSync(join(base, known)), { ino: taken.ino, mode: taken.mode, uid: taken.uid }, 'and nothing else')
    },
  )
}

t.test(
  'the folder with a random name of a killed collector is removed by the next one that needs such a name',
  async (t) => {
    const base = baseFolder(t)
    writeFileSync(join(base, known), '')
    const deadPid = 2 ** 22 + 1 // more than Linux assigns
    const left = (pid: number, mode: number) => {
      const folder = join(base, `${known}-${pid}-abcdef`)
      mkdirSync(join(folder, known), { recursive: true, mode: 0o700 })
      chmodSync(folder, mode)
      return folder
    }
    const dead = left(deadPid, 0o700)
    const stranger = left(deadPid + 1, 0o755)
    const living = left(process.ppid, 0o700)
    const path = newSocketPathIn([base], run, true)
    await listen(t, path)
    t.strictSame([dead, stranger, living].map(existsSync), [false, true, true])
    removeSocket(path)
    t.strictSame(readdirSync(base).sort(), [known, basename(stranger), basename(living)].sort())
  },
)

t.test('a folder with a random name stays if a rank has started a collector in it', async (t) => {
  const base = baseFolder(t)
  writeFileSync(join(base, known), '')
  const path = newSocketPathIn([base], run, true)
  await listen(t, path)
  const nested = newSocketPathIn([socketEnv(path).RANKLOG_SOCKET_DIR as string], { runKey: 'nested' }, true)
  await listen(t, nested)
  removeSocket(path)
  t.equal(existsSync(nested), true)
  removeSocket(nested)
  t.strictSame(readdirSync(base), [known])
})

t.test('a base folder is refused if the path of the socket would be too long', async (t) => {
  const base = baseFolder(t)
  const rest = known.length + '//0123456789abcdef.sock'.length
  for (const [bytes, isUsed] of [
    [101, true],
    [102, true],
    [103, true],
    [104, false],
    [108, false],
    [400, false],
  ] as const) {
    // a name has at most 255 bytes, so a long path has several
    let long = base
    while (long.length < bytes - rest - 1) long = join(long, 'x'.repeat(Math.min(100, bytes - rest - long.length - 1)))
    mkdirSync(long, { recursive: true })
    t.equal(long.length, bytes - rest)
    if (isUsed) {
      const path = newSocketPathIn([long], run, true)
      t.equal(Buffer.byteLength(path), bytes)
      await listen(t, path)
      t.strictSame(readdirSync(dirname(path)), [basename(path)], 'the name was not shortened')
      removeSocket(path)
    } else
      t.throws(() => newSocketPathIn([long], run, true), { message: / \(path too long\); set RANKLOG_SOCKET_DIR / })
    t.equal(dirname(dirname(newSocketPathIn([long, base], run, true))), isUsed ? long : base)
  }
})

t.test('if no base folder can be used, the message lists each with its fault', async (t) => {
  const base = baseFolder(t)
  writeFileSync(join(base, 'file'), '')
  t.throws(() => newSocketPathIn([join(base, 'none'), join(base, 'file')], run, true), {
    message: `pino-rank-stdout: no folder for a socket: expected a folder of this user alone, received ${join(base, 'none', known)} (ENOENT), ${join(base, 'file', known)} (ENOTDIR); set RANKLOG_SOCKET_DIR to a writable folder with a short path`,
  })
  t.throws(() => newSocketPathIn([], run, true), { message: /received none; / })
})
