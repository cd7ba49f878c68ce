import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { writeErrorFile } from './error-file.ts'

t.test('the error is written in torchrun’s format, and a later error does not replace it', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'error.json')
  const env = { TORCHELASTIC_ERROR_FILE: path }
  t.equal(writeErrorFile(new RangeError('digit 12'), env), true)
  t.equal(writeErrorFile(new Error('because of that'), env), false)
  const { message } = JSON.parse(readFileSync(path, 'utf8'))
  t.equal(message.message, 'RangeError: digit 12')
  t.match(message.extraInfo.py_callstack, /^RangeError: digit 12\n {4}at /)
  t.match(message.extraInfo.timestamp, /^\d{10}$/)
  t.strictSame(readdirSync(dir), ['error.json'], 'no other file is left')
})

t.test('a relative name is resolved against the folder in which the program started', async (t) => {
  const started = process.cwd()
  const dir = t.testdir({ elsewhere: {} })
  t.teardown(() => process.chdir(started))
  process.chdir(join(dir, 'elsewhere'))
  const name = relative(started, join(dir, 'error.json'))
  t.equal(writeErrorFile(new Error('a'), { TORCHELASTIC_ERROR_FILE: name }), true)
  t.match(JSON.parse(readFileSync(join(dir, 'error.json'), 'utf8')), { message: { message: 'Error: a' } })
})

t.test('any thrown value is written; without the variable or its folder nothing is written', async (t) => {
  const path = join(t.testdir(), 'error.json')
  t.equal(writeErrorFile('stop', { TORCHELASTIC_ERROR_FILE: path }), true)
  t.match(JSON.parse(readFileSync(path, 'utf8')), { message: { message: 'Error: stop' } })
  t.equal(writeErrorFile(new Error('a'), {}), false)
  const nowhere = join(t.testdir(), 'nowhere', 'error.json')
  t.equal(writeErrorFile(new Error('a'), { TORCHELASTIC_ERROR_FILE: nowhere }), false)
  t.notOk(existsSync(nowhere))
})

t.test('errors with throwing fields and values without text are described', async (t) => {
  const dir = t.testdir()
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const message = () => {
    throw new Error('no')
  }
  const odd = [proxy, Object.create(null), Symbol('s'), Object.defineProperty(new Error(), 'message', { get: message })]
  for (const [at, error] of odd.entries()) {
    const path = join(dir, `${at}.json`)
    t.equal(writeErrorFile(error, { TORCHELASTIC_ERROR_FILE: path }), true)
    t.match(JSON.parse(readFileSync(path, 'utf8')), { message: { message: /\S/, extraInfo: { py_callstack: /\S/ } } })
  }
})
