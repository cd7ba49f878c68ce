import { existsSync, mkdirSync, readFileSync, renameSync, statSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ManualClock } from '../../../pino-rank-lines/dist/system/manual-clock.test-kit.js'
import { AppendFile } from './append-file.ts'

/** Returns an AppendFile that must stay inside the folder `in`, next to a folder `out`. */
function bench(t: Test, path = 'logs/train.log') {
  const dir = t.testdir({ in: {}, out: { 'train.log': 'theirs\n' } })
  const within = join(dir, 'in')
  const clock = new ManualClock()
  const file = new AppendFile({ path: join(within, path), mkdir: true, mode: 0o640, within }, { clock })
  t.teardown(() => file.close())
  const write = (text: string) => {
    clock.pass(1000)
    return file.write(Buffer.from(text))
  }
  const text = (name: string) => readFileSync(join(dir, name), 'utf8')
  return { dir, within, write, text, at: (name: string) => join(dir, name) }
}

t.test('without symbolic links, the file and its folders are made with their modes', async (t) => {
  const { write, text, at } = bench(t)
  write('1\n')
  write('2\n')
  t.equal(text('in/logs/train.log'), '1\n2\n')
  const mask = ~process.umask()
  t.equal(statSync(at('in/logs')).mode & 0o777, 0o750 & mask)
  t.equal(statSync(at('in/logs/train.log')).mode & 0o777, 0o640 & mask)
})

const outside = /^ELOOP: .*train\.log is in .*out.*, where a symbolic link leads out of .*in$/

t.test('a file that is a symbolic link is refused, and the error has its path', async (t) => {
  const { write, text, at } = bench(t, 'train.log')
  symlinkSync('../out/train.log', at('in/train.log'))
  t.throws(() => write('1\n'), { code: 'ELOOP', message: /open '.*in\/train\.log'/ })
  t.equal(text('out/train.log'), 'theirs\n')
})

t.test('a symbolic link to a missing file is refused, and that file is not made', async (t) => {
  const { write, at } = bench(t, 'train.log')
  symlinkSync('../out/new.log', at('in/train.log'))
  t.throws(() => write('1\n'), { code: 'ELOOP' })
  t.notOk(existsSync(at('out/new.log')))
})

t.test('a folder that is a symbolic link to the outside is refused, and nothing is made there', async (t) => {
  const { write, text, at } = bench(t, 'logs/deep/train.log')
  symlinkSync('../out', at('in/logs'))
  t.throws(() => write('1\n'), { code: 'ELOOP', message: outside })
  t.notOk(existsSync(at('out/deep')))
  mkdirSync(at('out/deep'))
  t.throws(() => write('1\n'), { code: 'ELOOP', message: outside })
  t.equal(text('out/train.log'), 'theirs\n')
})

t.test('a symbolic link that stays inside is allowed, and so is one above the fixed folder', async (t) => {
  const { write, text, at } = bench(t)
  mkdirSync(at('in/real'))
  symlinkSync('real', at('in/logs'))
  write('1\n')
  t.equal(text('in/real/train.log'), '1\n')
  symlinkSync('in', at('also-in'))
  const path = at('also-in/train.log')
  const within = at('also-in')
  const file = new AppendFile({ path, mkdir: true, mode: 0o640, within })
  file.write(Buffer.from('1\n'))
  file.close()
  t.equal(text('in/train.log'), '1\n')
})

t.test('a sibling folder whose name begins with the name of the fixed folder is outside', async (t) => {
  const { write, at } = bench(t)
  mkdirSync(at('in-too'))
  symlinkSync('../in-too', at('in/logs'))
  t.throws(() => write('1\n'), { code: 'ELOOP' })
})

t.test('a symbolic link that replaces an open file is refused when the path is opened again', async (t) => {
  const { write, text, at } = bench(t, 'train.log')
  write('1\n')
  renameSync(at('in/train.log'), at('in/train.log.1'))
  symlinkSync('../out/train.log', at('in/train.log'))
  t.throws(() => write('2\n'), { code: 'ELOOP' })
  unlinkSync(at('in/train.log'))
  write('2\n')
  t.equal(text('in/train.log'), '2\n', 'and it continues when the link is gone')
  t.equal(text('out/train.log'), 'theirs\n')
})

t.test(
  'a symbolic link that replaces the folder of an open file is refused when the path is opened again',
  async (t) => {
    const { write, text, at } = bench(t)
    write('1\n')
    renameSync(at('in/logs'), at('in/old'))
    symlinkSync('../out', at('in/logs'))
    t.throws(() => write('2\n'), { code: 'ELOOP', message: outside })
    t.equal(text('out/train.log'), 'theirs\n')
  },
)

t.test('locate is called at the first line, again after it has thrown, and not after it has returned', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'logs/train.log')
  let calls = 0
  const locate = () => {
    if (++calls === 1) throw new Error('no folder')
    return { path }
  }
  const file = new AppendFile({ path: 'template.log', mkdir: true, mode: 0o640 }, { locate })
  for (const idle of [file.sync, file.rotate, file.end, file.close]) idle.call(file)
  t.equal(calls, 0)
  t.throws(() => file.write(Buffer.from('1\n')), { message: 'no folder' })
  t.equal(file.path, undefined)
  file.write(Buffer.from('2\n'))
  file.close()
  file.write(Buffer.from('3\n'))
  file.close()
  t.equal(file.path, path)
  t.equal(calls, 2)
  t.equal(readFileSync(path, 'utf8'), '2\n3\n')
})
