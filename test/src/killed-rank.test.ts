import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Death, endings } from './kit/death.ts'
import { runRanks } from './kit/ranks.ts'
import { sink as file } from './kit/sinks/file.ts'
import { sink as split } from './kit/sinks/split.ts'

const program = 'killed-rank'
const sudden: Death[] = ['SIGKILL', 'abort']

// A stream on the main thread writes an error at once, with all lines before it.
for (const sink of [file, split]) {
  for (const death of sudden) {
    t.test(`${sink.name} as a stream: after ${death} all lines up to the last error are in the file`, async (t) => {
      const dir = t.testdir()
      const [exit] = await runRanks(t, program, { ranks: 1, args: [sink.module, dir, death] })
      t.strictSame([exit?.code, exit?.signal], endings[death])
      const lines = readFileSync(sink.readBack(dir)[0] as string, 'utf8')
        .trimEnd()
        .split('\n')
      t.strictSame(
        lines.map((line) => JSON.parse(line).seq),
        Array.from({ length: 1001 }, (_, seq) => seq),
      )
    })
  }
}
