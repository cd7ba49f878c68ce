import t from 'tap'
import { isSameProcess, pidNamespaceKey, processIdFrom, processState, thisProcess } from '../process.ts'

const linux = process.platform === 'linux'

t.test('this process is running, and the same as itself', async (t) => {
  const id = thisProcess()
  t.equal(id.pid, process.pid)
  t.equal(processState(id), process.platform === 'win32' ? 'unknown' : 'running')
  t.ok(isSameProcess(id, JSON.parse(JSON.stringify(id))))
})

t.test('a process whose number now belongs to another process is gone', { skip: !linux }, async (t) => {
  t.equal(processState({ ...thisProcess(), startTime: '1' }), 'gone')
})

t.test('the state of a process of another boot, container or host is unknown', { skip: !linux }, async (t) => {
  const own = thisProcess()
  t.equal(processState({ ...own, boot: 'another' }), 'unknown')
  t.equal(processState({ ...own, pidNamespace: 'pid:[1]' }), 'unknown')
  t.equal(processState({ ...own, boot: '', pidNamespace: '', host: 'another' }), 'unknown')
  t.equal(processState({ ...own, host: 'another' }), 'running', 'a second name of the same kernel and namespace')
  t.notOk(isSameProcess(own, { ...own, pidNamespace: 'pid:[1]' }))
})

t.test('the key of the boot and the container is short and fit for a file name', { skip: !linux }, async (t) => {
  t.match(pidNamespaceKey(), /^[0-9a-f]{16}$/)
  t.equal(pidNamespaceKey(), pidNamespaceKey())
})

t.test('an identity is read from JSON, without the fields of others', async (t) => {
  const id = thisProcess()
  t.strictSame(processIdFrom(JSON.parse(JSON.stringify({ ...id, runKey: 'a' }))), id)
})

const incomplete: [name: string, value: unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a list', []],
  ...['host', 'boot', 'pidNamespace', 'pid', 'startTime'].flatMap((field): [string, unknown][] => [
    [`no ${field}`, { ...thisProcess(), [field]: undefined }],
    [`${field}: true`, { ...thisProcess(), [field]: true }],
  ]),
  ...[0, -1, 1.5, Number.NaN, '7'].map((pid): [string, unknown] => [`pid ${pid}`, { ...thisProcess(), pid }]),
]

for (const [name, value] of incomplete) {
  t.test(`no process is identified by ${name}`, async (t) => t.equal(processIdFrom(value), undefined))
}
