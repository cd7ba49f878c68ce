import { once } from 'node:events'
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { claimSocket } from './claim-socket.ts'

/** Returns a short folder, because the path of a socket is limited. */
function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'cl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Makes a socket at which no process listens. */
async function deadSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.x`)
  await once(server, 'listening')
  renameSync(`${path}.x`, path)
  server.close()
  await once(server, 'close')
}

function serverFor(t: Test) {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello')) // a probe may have closed it
  t.teardown(() => void server.close())
  return server
}

t.test('one server claims a path and listens there, and the next one does not get it', async (t) => {
  const folder = folderFor(t)
  const path = join(folder, 's')
  const [first, second] = [serverFor(t), serverFor(t)]
  t.equal(await claimSocket(first, path), true)
  t.equal(await claimSocket(second, path), false)
  t.strictSame(readdirSync(folder), ['s'], 'no private name is left')
  t.equal(first.listenerCount('error'), 0)
  const [text] = await once(connect(path), 'data')
  t.equal(String(text), 'hello')
})

t.test('sockets of dead collectors are removed, whatever their names, and others stay', async (t) => {
  const folder = folderFor(t)
  const path = join(folder, 's')
  const gonePid = 2 ** 22 + 1 // more than the maximum of Linux
  for (const name of ['s', 'other', `.${gonePid}-5`, `.${process.pid}-5`, `.${process.pid}x`])
    await deadSocket(join(folder, name))
  const alive = serverFor(t).listen(join(folder, 'alive'))
  await once(alive, 'listening')
  t.equal(await claimSocket(serverFor(t), path), true)
  t.strictSame(
    readdirSync(folder).sort(),
    [`.${process.pid}-5`, 'alive', 's'],
    'a living process may be about to listen at its private name',
  )
})

t.test('a folder that does not exist is an error', async (t) => {
  await t.rejects(claimSocket(serverFor(t), join(folderFor(t), 'gone', 's')), { code: 'ENOENT' })
})
