import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemDisk } from './disk.ts'
import { fileMode } from './file-mode.ts'

t.test('permission bits are accepted; text, decimal digits and other numbers are refused', (t) => {
  const valid: [value: unknown, mode: number][] = [
    [0o640, 0o640],
    [0o777, 0o777],
    [0, 0],
    [-0, 0],
  ]
  for (const [value, mode] of valid) t.ok(Object.is(fileMode('test', value), mode), String(value))
  const invalid: unknown[] = [640, 440, '0640', '-0', -1, 0o1000, 1.5, Number.NaN, Infinity, null, undefined, 8n, {}]
  for (const value of invalid) t.throws(() => fileMode('test', value), { code: 'OPTION_INVALID' }, String(value))
  t.end()
})

t.test('a mode of -0, for which Node itself ends the process, opens a file without permissions', (t) => {
  const path = join(t.testdir(), 'x.log')
  systemDisk.close(systemDisk.open({ path, mkdir: true, mode: fileMode('test', -0) }))
  t.equal(statSync(path).mode & 0o777, 0)
  t.end()
})
