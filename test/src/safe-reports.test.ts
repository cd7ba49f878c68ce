/** The reports of our packages on stderr: one line each, without control characters. */
import { join } from 'node:path'
import t from 'tap'
import { node, runProcess } from './kit/start-process.ts'

const hostile = '\x1b]0;t\x07\x9b2J\r\n\x7f\u202e\u2028end'
const obeyed = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

/** Programs that make a sink report something. `hostile` is the text, `blocked` a path that cannot be written. */
const reports: Record<string, string> = {
  'pino-rank-file, a fault': `
    const { fileStream } = await import('pino-rank-file')
    fileStream({ path: blocked }).write('{"level":30}\\n')`,
  'pino-rank-file, a gated error': `
    const { rankLogger } = await import('pino-rank')
    const rank = { rank: 1, launcher: 'x', worldSize: 2 }
    rankLogger({ rank, transport: { target: 'pino-rank-file', options: { path: blocked } } }).error('x')`,
  'pino-rank-split, a fault': `
    const { splitStream } = await import('pino-rank-split')
    splitStream({ path: blocked, rank: { rank: 1, launcher: 'x', worldSize: 2 } }).write('{"level":30}\\n')`,
  'metric sinks, a name that cannot be written': `
    const { csvStream } = await import('pino-csv-metrics')
    const stream = csvStream({ path: dir + '/metrics.csv' })
    stream.write(JSON.stringify({ level: 30, time: 1, metrics: { [hostile]: 'text' } }) + '\\n')`,
  'metric sinks, a fault': `
    const { tensorboardStream } = await import('pino-tensorboard')
    const stream = tensorboardStream({ logdir: blocked })
    stream.write(JSON.stringify({ level: 30, time: 1, step: 1, metrics: { loss: 1 } }) + '\\n')`,
  'a warning': `
    const { rankLogger } = await import('pino-rank')
    process.env.RANK = hostile; process.env.WORLD_SIZE = '2'; process.env.LOCAL_RANK = '0'
    process.env.MASTER_ADDR = 'h'; process.env.TORCHELASTIC_RUN_ID = 'x'
    rankLogger({ onBadRank: 'warn' }).error('x')`,
  'an error': `
    const { rankLogger } = await import('pino-rank')
    const transport = { target: 'pino-rank-file', options: { path: dir + '/x.log', [hostile]: 1 } }
    try { rankLogger({ transport }) } catch ({ message }) { console.error(message) }`,
}

for (const [name, code] of Object.entries(reports)) {
  t.test(`${name}: the report escapes control characters`, async (t) => {
    const dir = t.testdir({ file: '' })
    const program = `const hostile = ${JSON.stringify(hostile)}, dir = ${JSON.stringify(dir)}
      const blocked = ${JSON.stringify(join(dir, 'file', hostile, 'x.log'))}
      ${code}`
    const { code: exit, stderr } = await runProcess(t, [...node, '--input-type=module', '--eval', program], {
      stdout: 'ignore',
    })
    t.equal(exit, 0)
    t.match(stderr, '\\x9b2J')
    t.notMatch(stderr, obeyed)
    t.notMatch(stderr, /^[^(p]/m, 'each line begins with the name of a package')
  })
}
