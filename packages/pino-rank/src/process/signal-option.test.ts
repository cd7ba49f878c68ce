import t from 'tap'
import { OptionChecker } from '../errors/index.ts'
import { isUsableSignal, signalOption } from './signal-option.ts'

const check = new OptionChecker('pino-x', 'use "SIGUSR2"')

const refused: [given: unknown, message: RegExp][] = [
  ['SIGUSR1', /^pino-x: option "on": .*node starts its debugger at SIGUSR1, received "SIGUSR1"; use "SIGUSR2"$/],
  ['SIGKILL', /another signal, because SIGKILL cannot be handled/],
  ['SIGSTOP', /cannot be handled/],
  ['SIGBUS', /is a crash/],
  ['SIGFPE', /is a crash/],
  ['SIGILL', /is a crash/],
  ['SIGSEGV', /is a crash/],
  ['SIGNOPE', /a signal that this system has/],
  ['HUP', /a signal that this system has/],
  ['toString', /a signal that this system has/],
  [12, /a signal that this system has/],
  [null, /a signal that this system has/],
  [undefined, /a signal that this system has, received nothing/],
]

t.test('a signal that a program cannot listen to safely is refused', async (t) => {
  for (const [given, message] of refused) {
    t.throws(() => signalOption(check, 'on', given), { code: 'OPTION_INVALID', message }, String(given))
    t.notOk(isUsableSignal(given), String(given))
  }
})

t.test('a signal that a program can listen to is returned', async (t) => {
  for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGTERM']) {
    t.equal(signalOption(check, 'on', signal), signal)
    t.ok(isUsableSignal(signal), signal)
  }
})
