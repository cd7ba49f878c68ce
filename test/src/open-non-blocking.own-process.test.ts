import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openNonBlocking } from '../../packages/pino-rank-stdout/dist/client/open-non-blocking.js'
import { socketFd } from '../../packages/pino-rank-stdout/dist/node-internals.js'
import { makeFifo } from './kit/run-command.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux opens a descriptor again' }

const blocks = (fd: number) => {
  const [, flags = ''] = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? []
  return (Number.parseInt(flags, 8) & constants.O_NONBLOCK) === 0
}

t.test(
  'openNonBlocking opens a pipe with a descriptor that does not block, and does not change the given one',
  linux,
  async (t) => {
    const path = join(t.testdir(), 'pipe')
    makeFifo(path)
    const fd = openSync(path, 'r+')
    const again = openNonBlocking(fd, false) as number
    t.not(again, fd)
    t.notOk(blocks(again))
    t.ok(blocks(fd))
    closeSync(again)
    closeSync(fd)
  },
)

t.test('a file, a device, a socket and a closed descriptor are not opened again', linux, async (t) => {
  const file = openSync(join(t.testdir(), 'file'), 'w')
  const device = openSync('/dev/null', 'w')
  const master = openSync('/dev/ptmx', 'r+') // opened again it would be another terminal
  const folder = mkdtempSync(join(tmpdir(), 'oa-')) // a short path, because the path of a socket has about a hundred bytes at most
  t.teardown(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 's')
  const server = createServer().listen(path)
  t.teardown(() => server.close())
  const socket = new Socket().connect(path)
  for (const fd of [file, device, master, socketFd(socket)]) t.equal(openNonBlocking(fd, true), undefined)
  for (const fd of [file, device, master]) closeSync(fd)
  socket.destroy()
  t.equal(openNonBlocking(file, true), undefined)
})
