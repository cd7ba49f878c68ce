/** Runs a case of kit/features.ts as one rank: `feature.js NAME FILE`. verify-packed runs it too, so it imports only packages. */
import { type RankTarget, rankLogger, setGate } from 'pino-rank'

const [name = '', to = ''] = process.argv.slice(2)
const target = (tag = '', more: object = {}): RankTarget => ({
  target: './app-target.js',
  options: { to, tag },
  ...more,
})

const cases: Record<string, () => void> = {
  lone() {
    const log = rankLogger({ transport: target() })
    log.info('i')
    log.error('e')
  },
  several() {
    const log = rankLogger({ transport: { targets: [target('a '), target('b ', { ranks: '*' })] } })
    log.info('i')
    log.error('e')
  },
  numbers() {
    const targets = [target('a ', { level: 50, others: 60 }), target('b ', { ranks: '*', level: 20 })]
    const log = rankLogger({ transport: { targets } })
    log.debug('d')
    log.error('e')
  },
  customLevels() {
    const log = rankLogger<'audit'>({ customLevels: { audit: 55 }, others: 'audit', transport: target() })
    log.info('i')
    log.error('e')
    log.audit('a')
  },
  onlyCustomLevels() {
    const customLevels = { lo: 1, hi: 2 }
    const log = rankLogger<'lo' | 'hi'>({
      customLevels,
      useOnlyCustomLevels: true,
      level: 'lo',
      others: 'hi',
      transport: target(),
    })
    log.lo('lo')
    log.hi('hi')
  },
  dedupe() {
    const log = rankLogger({ transport: { dedupe: true, targets: [target('a '), target('b ', { level: 'fatal' })] } })
    log.error('e')
    log.fatal('f')
  },
  pipeline() {
    rankLogger({ transport: { pipeline: [{ target: './app-target.js', options: { to, tag: 'p ' } }] } }).error('e')
  },
  labels() {
    rankLogger({ transport: target('', { options: { to, labels: true } }) }).error('e')
  },
  onExit() {
    const log = rankLogger({ transport: target() })
    process.on('exit', () => log.error('e'))
  },
  chdir() {
    const log = rankLogger({ transport: target() })
    process.chdir('/')
    log.error('e')
  },
  options() {
    const serializers = { user: (user: { id: number }) => user.id }
    const log = rankLogger({ redact: ['secret'], serializers, msgPrefix: '[x] ', transport: target() })
    log.child({ c: 1 }).error({ secret: 's', user: { id: 4 } }, 'e')
  },
  flush() {
    const log = rankLogger({ transport: target() })
    log.error('e')
    log.flush(() => log.error('flushed'))
  },
  fatal() {
    rankLogger({ transport: target() }).fatal('f')
    process.exit()
  },
  childLevel() {
    const child = rankLogger({ transport: target() }).child({ c: 1 }, { level: 'debug' })
    child.error('e')
    child.debug('d')
  },
  silent() {
    rankLogger({ level: 'silent', transport: target() }).fatal('f')
  },
  setGate() {
    const log = rankLogger({ transport: target() })
    setGate(log, { ranks: '*', level: 'debug' })
    log.debug('d')
    log.child({ c: 1 }).info('i')
    setGate(log, { others: 'fatal', level: 'fatal' })
    log.error('gated')
    setGate(log)
    log.error('e')
  },
  setGateSeveral() {
    const log = rankLogger({ transport: { targets: [target('a '), target('b ', { ranks: '*' })] } })
    log.error('e')
    setGate(log, { ranks: '*' })
    log.info('i')
    setGate(log)
    log.info('n')
  },
  setGateLabels() {
    const log = rankLogger({ others: 'silent', transport: target('', { options: { to, labels: true } }) })
    setGate(log, { ranks: '*' })
    log.info('i')
  },
  setGateOnExit() {
    const log = rankLogger({ transport: target() })
    process.on('exit', () => {
      setGate(log, { ranks: '*' })
      log.info('i')
    })
  },
  gateSignal() {
    const log = rankLogger({ gateSignal: 'SIGUSR2', transport: target() })
    const children = [log.child({ c: 1 }), log.child({ c: 2 }, {}), log.child({ c: 3 }, { level: 'fatal' })]
    const logWithEach = (message: string) => {
      for (const child of children) child.info(message)
    }
    const alive = setInterval(() => {}, 60_000)
    process.once('SIGUSR2', () => {
      logWithEach('opened')
      process.once('SIGUSR2', () => {
        logWithEach('gated')
        clearInterval(alive)
      })
      process.kill(process.pid, 'SIGUSR2')
    })
    process.kill(process.pid, 'SIGUSR2')
  },
  gateSignalEnds() {
    rankLogger({ gateSignal: 'SIGUSR2', transport: target() }).error('e')
  },
}

process.on('warning', (warning) => console.error(warning))
cases[name]?.()
