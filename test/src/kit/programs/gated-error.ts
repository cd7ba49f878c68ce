/** A rank that is gated out logs its single error and dies as asked: `targets dir death`, targets as JSON. */
import { rankLogger } from 'pino-rank'
import { type Death, die } from '../death.ts'

const [targets, death] = process.argv.slice(2) as [string, Death]
const log = rankLogger({ transport: { targets: JSON.parse(targets) } })
log.info('only where a target is open')
die(death, () => log.error('the only one'))
