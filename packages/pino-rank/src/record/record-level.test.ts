import t from 'tap'
import { levelAt, levelOf, lineLevel, recordLevel } from './record-level.ts'

const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, Audit: 35, loud: 55.5 }

const values: [form: string, value: unknown, level: number | undefined][] = [
  ['a number', 30, 30],
  ['a custom number', 35.5, 35.5],
  ['digits in a text', '30', 30],
  ['a label', 'warn', 40],
  ['a label in capitals', 'WARN', 40],
  ['a label with a capital', 'Warn', 40],
  ['warning', 'WARNING', 40],
  ['a custom label', 'audit', 35],
  ['a custom label with a fraction', 'LOUD', 55.5],
  ['an unknown label', 'important', undefined],
  ['a label that every object has', 'constructor', undefined],
  ['empty', '', undefined],
  ['null', null, undefined],
  ['missing', undefined, undefined],
  ['an object', { level: 30 }, undefined],
]

for (const [form, value, level] of values) {
  t.test(`levelOf: ${form}`, (t) => {
    t.equal(levelOf(value, levels), level)
    t.end()
  })
}

const lines: [form: string, line: string, level: number | undefined][] = [
  ['as pino writes it', '{"level":50,"time":1}', 50],
  ['alone', '{"level":50}\n', 50],
  ['a label', '{"level":"error","time":1}', 50],
  ['behind the time', '{"time":1,"level":50}', 50],
  ['behind a nested level', '{"a":{"level":10},"level":50}', 50],
  ['only nested', '{"a":{"level":10}}', undefined],
  ['a space after the colon', '{"level": 50, "time": 1}', 50],
  ['a space before the brace', '{"level": 50 }', 50],
  ['a label after a space', '{"level": "Warning", "time": 1}', 40],
  ['spaces everywhere', ' { "time" : 1, "level" : "info" }', 30],
  ['not a whole number', '{"level":35.5,"time":1}', 35.5],
  ['quoted in a message', '{"msg":"\\"level\\":50"}', undefined],
  ['a torn line with a level', '{"level":50,"ti', 50],
  ['torn in the level', '{"level":5', undefined],
  ['a space before the colon', '{"level" : "WARNING"}', 40],
  ['a tab after the colon', '{"level":\t50}', 50],
  ['moved to severity', '{"severity":"WARNING","time":1}', 40],
  ['moved to severity, with a number', '{"time":1,"severity":50}', 50],
  ['moved to lvl', '{"t":1,"lvl":"err"}', 50],
  ['nested, as the Elastic Common Schema has it', '{"log":{"level":"error"},"time":1}', 50],
  ['a name with a dot', '{"@timestamp":"2023-11-14T22:13:20Z","log.level":"WARN"}', 40],
  ["Python's levelname", '{"levelname": "CRITICAL", "levelno": 50}', 60],
  ["OpenTelemetry's severityText", '{"severityText":"ERROR","severityNumber":17}', 50],
  ['unknown, and another one', '{"level":"loudest","severity":"ERROR"}', 50],
  ['unknown, and one that is no level', '{"level":"loudest","severity":3}', undefined],
  ["both: pino's own counts", '{"severity":"ERROR","level":20}', 20],
  ['an unknown name', '{"importance":"ERROR"}', undefined],
  ['a stack trace', '    at x.js:1 {"level":50}', undefined],
  ['no text', '', undefined],
]

for (const [form, line, level] of lines) {
  t.test(`lineLevel: ${form}`, (t) => {
    t.equal(lineLevel(line, levels), level)
    t.end()
  })
}

t.test('levelAt reads at the given place only', (t) => {
  const text = '{"level":30}\n{"x":1,"level": "ERROR"}\n'
  t.equal(levelAt(text, text.indexOf('30')), 30)
  t.equal(levelAt(text, text.indexOf(' "ERROR')), 50)
  t.equal(levelAt(text, 0), undefined)
  t.equal(levelAt(text, text.length), undefined)
  t.end()
})

const otherLabels: [level: number, labels: string][] = [
  [10, 'finest finer silly TRACE'],
  [20, 'verbose VERBOSE fine http dbg'],
  [30, 'Information NOTICE notice success inf'],
  [40, 'warning WARNING Warning wrn'],
  [50, 'err ERR severe'],
  [60, 'critical CRITICAL crit alert emerg emergency panic dpanic ftl'],
]

t.test('a label of another library has the level of the label of pino that means the same', async (t) => {
  for (const [level, labels] of otherLabels)
    for (const label of labels.split(' ')) t.equal(levelOf(label, levels), level, label)
  t.equal(levelOf('notice', { ...levels, notice: 35 }), 35, "the logger's own label counts")
  t.equal(levelOf('critical', { loud: 10 }), undefined, 'a logger without fatal')
})

t.test('recordLevel: a value that is not a record has no level', async (t) => {
  for (const value of [undefined, null, 'level', 50, [50], { level: null }]) t.equal(recordLevel(value), undefined)
})
