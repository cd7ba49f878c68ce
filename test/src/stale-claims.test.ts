/** Files that a killed process has left in a base of run directories, while it claimed one. */
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { job, runBase } from '../../packages/pino-rank-file/dist/run-directory/run-base.test-kit.js'
import { runMarkName } from '../../packages/pino-rank-file/dist/run-directory/run-mark.js'
import { claimName } from '../../packages/pino-rank-file/dist/run-directory/stale-claims.js'
import { startProcess } from './kit/start-process.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shows the boot and the container of a pid' }
const root = process.getuid?.() === 0 ? {} : { skip: 'chown needs root' }

function put(dir: string, mark: string): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, runMarkName), mark)
}

/** Returns the pid of a process that has ended. */
async function deadProcess(t: Test): Promise<number> {
  const started = startProcess(t, ['true'])
  await started.exit
  return started.pid
}

t.test('a claim removes only the claim folders of dead processes', linux, async (t) => {
  const { base, claim } = runBase(t)
  const [, pid, here] = claimName().split('-')
  t.equal(Number(pid), process.pid)
  const name = (pid: number, where = here) => `.claim-${pid}-${where}-0123456789abcdef`
  const dead = await deadProcess(t)
  const stay = {
    [name(process.pid)]: 'of this process',
    [name(process.ppid)]: 'of another running process',
    [name(dead, '0123456789abcdef')]: 'of another boot or container',
    [name(dead, 'unknown')]: 'of an unknown boot or container',
    [`.claim-${dead}-0123456789abcdef`]: 'with a name of another form',
    [`${name(dead)}.bak`]: 'not ours',
  }
  mkdirSync(base)
  for (const name of Object.keys(stay)) mkdirSync(join(base, name))
  put(join(base, name(dead)), '{"version":1,')
  mkdirSync(join(base, `.claim-${dead}-${here}-fedcba9876543210`))
  put(join(base, '..', 'elsewhere'), 'a mark')
  symlinkSync('../elsewhere', join(base, `.claim-${dead}-${here}-1111111111111111`))
  t.equal(claim(job('a')), 'version_0')
  t.strictSame(readFileSync(join(base, '..', 'elsewhere', runMarkName), 'utf8'), 'a mark')
  rmSync(join(base, `.claim-${dead}-${here}-1111111111111111`))
  t.strictSame(readdirSync(base).sort(), [...Object.keys(stay), 'version_0'].sort())
})

t.test('a dead process’s claim folder with a foreign file in it stays', linux, async (t) => {
  const { base, claim } = runBase(t)
  const left = join(base, claimName().replace(`${process.pid}`, `${await deadProcess(t)}`))
  put(left, '{}')
  writeFileSync(join(left, 'precious'), '')
  claim(job('a'))
  t.strictSame(readdirSync(left), ['precious'])
})

t.test('a dead process’s clock file is removed, and one with text in it stays', linux, async (t) => {
  const { base, claim } = runBase(t)
  const dead = await deadProcess(t)
  mkdirSync(base)
  const ofDead = () => claimName().replace(`-${process.pid}-`, `-${dead}-`)
  const stay = [claimName(), ofDead()]
  writeFileSync(join(base, stay[0] as string), ' ')
  writeFileSync(join(base, stay[1] as string), 'precious')
  for (const text of ['', ' ']) writeFileSync(join(base, ofDead()), text)
  t.equal(claim(job('a')), 'version_0')
  t.strictSame(readdirSync(base).sort(), [...stay, 'version_0'].sort())
})

t.test('a dead process’s claim folder and clock file of another user stay', { ...root, ...linux }, async (t) => {
  const { base, claim } = runBase(t)
  const dead = await deadProcess(t)
  const [folder = '', file = ''] = [1, 2].map(() => claimName().replace(`-${process.pid}-`, `-${dead}-`))
  mkdirSync(join(base, folder), { recursive: true })
  writeFileSync(join(base, file), '')
  for (const name of [folder, file]) chownSync(join(base, name), 12_345, -1)
  claim(job('a'))
  t.strictSame(readdirSync(base).sort(), [folder, file, 'version_0'].sort())
})
