/** The simplest merge: readline, JSON.parse, and a loop that finds the earliest line. Usage: `merge-naive.js OUT FILE...` */
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

const [out = '', ...files] = process.argv.slice(2)
const output = createWriteStream(out)
const sources = files.map((file) => createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]())
const heads: ({ time: number; line: string } | undefined)[] = []

async function advance(source: number): Promise<void> {
  const { value, done } = await (sources[source] as AsyncIterator<string>).next()
  heads[source] = done ? undefined : { time: new Date(JSON.parse(value).time).getTime(), line: value }
}

for (let source = 0; source < files.length; source++) await advance(source)
for (;;) {
  let first = -1
  for (let source = 0; source < files.length; source++) {
    const head = heads[source]
    if (head && (first === -1 || head.time < (heads[first]?.time ?? Infinity))) first = source
  }
  if (first === -1) break
  if (!output.write(`${heads[first]?.line}\n`)) await once(output, 'drain')
  await advance(first)
}
output.end()
