/** A gated rank that logs one error and dies. Usage: `targets death`, with the targets in JSON. */
import { rankLogger } from 'pino-rank'
import { type Death, die } from '../death.ts'

const [targets, death] = process.argv.slice(2) as [string, Death]
const log = rankLogger({ transport: { targets: JSON.parse(targets) } })
log.info('only where a target is open')
die(death, () => log.error('the only one'))
