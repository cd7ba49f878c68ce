/** Logs with options in pure JSON, as from a configuration file: `json-logger.js pino|fastify|loggerInstance JSON`. */
import pino from 'pino'
import { rankLogger } from 'pino-rank'

const [kind, json = '{}'] = process.argv.slice(2)
const options = JSON.parse(json)

process.on('warning', (warning) => console.error(warning))
if (kind === 'pino') logAll(pino(options))
else {
  const { default: Fastify } = await import('fastify') // loaded only where it is needed, because it is large
  if (kind === 'fastify') await serve(Fastify({ logger: options }))
  else await serve(Fastify({ loggerInstance: rankLogger(options) }))
}

function logAll(log: pino.Logger): void {
  log.info('i')
  log.child({ c: 1 }).warn('w')
  log.error('e')
}

interface App {
  get(path: string, handler: () => Promise<never>): unknown
  inject(path: string): PromiseLike<unknown>
}

async function serve(app: App): Promise<void> {
  app.get('/', async () => {
    throw new Error('e')
  })
  await app.inject('/')
}
