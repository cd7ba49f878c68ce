import t from 'tap'
import { LineTime } from './line-time.ts'

const ms = 1_700_000_000_000

const lines: [form: string, name: string, line: string, time: number | undefined][] = [
  ["pino's", 'time', `{"level":30,"time":${ms},"msg":"x"}`, ms],
  ['with spaces, an ISO time', 'time', '{ "time" : "2023-11-14T22:13:20Z" }', ms],
  ['after a nested time', 'time', `{"req":{"time":5},"list":[{"time":6}],"time":${ms}}`, ms],
  ['nested', 'log.at', `{"at":5,"log":{"x":[1],"at":${ms}}}`, ms],
  ['a whole name with a dot', 'log.at', `{"log.at":${ms}}`, ms],
  ['within a string', 'time', '{"msg":"\\"time\\":5"}', undefined],
  ['an escaped name', 'time', `{"t\\u0069me":${ms}}`, ms],
  ['a string, after a string with brackets', 'time', `{"msg":"}{][,:","time":"${ms}"}`, ms],
  ['out of range', 'time', '{"time":1e20}', undefined],
  ['missing', 'time', '{"msg":"x"}', undefined],
]

for (const [form, name, line, time] of lines) {
  t.test(`LineTime reads a time: ${form}`, async (t) => {
    const lineTime = new LineTime(name)
    t.equal(lineTime.read(line), time)
    t.equal(lineTime.find(`${line.slice(0, -1)},"rest":"${'x'.repeat(100)}`), time, 'in the first part of a line')
  })
}

t.test('find() does not return a time that is incomplete, or not JSON', async (t) => {
  t.equal(new LineTime().find('{"level":30,"time":17000000'), undefined)
  t.equal(new LineTime().find('{"level":30,"time":"2023-11-14T22'), undefined)
  t.equal(new LineTime().find('no JSON, "time":5'), undefined)
})
