import t from 'tap'
import { Pm2Sink } from './pm2-sink.ts'

t.test("PM2's stdout gets one line with each call", async (t) => {
  const calls: string[] = []
  const sink = new Pm2Sink({ write: (text) => calls.push(text) })
  const lines = ['{"msg":"ö"}\n', '\n', `${'x'.repeat(100_000)}\n`, 'no newline']
  for (let rest = Buffer.from(lines.join('')); rest.length > 0; rest = rest.subarray(sink.write(rest)));
  t.strictSame(calls, lines)
})
