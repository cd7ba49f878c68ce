/**
 * Opens a rotated file `opens` times, and writes ten lines `{"rank":…,"seq":…}` each time. Its clock is `ahead` ms ahead of
 * the clock of the file system. Usage: `rank path options opens ahead`.
 */
import { fileStream } from 'pino-rank-file'

const [rank, path, options, opens, ahead] = process.argv.slice(2) as [string, string, string, string, string]
const real = Date.now
Date.now = () => real() + Number(ahead)

for (let open = 0; open < Number(opens); open++) {
  const stream = fileStream({ path, ...JSON.parse(options), rank: { rank: Number(rank), launcher: 'test' } })
  for (let line = 0; line < 10; line++) stream.write(`{"rank":${rank},"seq":${open * 10 + line}}\n`)
  stream.end()
}
process.disconnect()
