import { pinoLevels } from 'pino-rank/sink'
import t from 'tap'
import { LevelScan } from './level-scan.ts'

const cases: [name: string, chunks: string[], found: boolean[]][] = [
  ['below', ['{"level":30,"msg":"x"}\n'], [false]],
  ['at', ['{"level":50,"msg":"x"}\n'], [true]],
  ['above', ['{"level":60}\n'], [true]],
  ['behind the rank', ['{"rank":3,"level":50}\n'], [true]],
  ['in another place than before', ['{"rank":3,"level":30}\n{"level":50}\n'], [true]],
  ['a label of formatters.level', ['{"level":"error","msg":"x"}\n', '{"level":"INFO"}\n'], [true, false]],
  [
    'a custom label',
    ['{"level":"audit"}\n{"level":"low"}\n', '{"level":"AUDIT"}\n', '{"level":"low"}\n'],
    [true, true, false],
  ],
  ['a label of two words', ['{"level":"very loud"}\n'], [true]],
  ['a space after the colon', ['{"level": 50}\n{"level": 30}\n', '{"level": "Error"}\n'], [true, true]],
  ['a label that every object has', ['{"level":"constructor"}\n'], [false]],
  ['an unknown label', ['{"level":"loud"}\n'], [false]],
  ['the second line of a chunk', ['{"level":30}\n{"level":50}\n{"level":30}\n'], [true]],
  ['cut in the level', ['{"level":30}\n{"lev', 'el":50}\n'], [false, true]],
  ['cut in the number', ['{"level":5', '0,"x":1}\n'], [false, true]],
  ['the rest of a long line', [`{"level":30,"x":"${'x'.repeat(80)}`, '{"level":50}"}\n{"level":30}\n'], [false, false]],
  ['after the rest of a long line', [`{"level":30,"x":"${'x'.repeat(80)}`, '"}\n{"level":50}\n'], [false, true]],
  ['quoted in a message', ['{"msg":"\\"level\\":50"}\n'], [false]],
  ['no record', ['Error: "level":50 was far\n', '\n', '    at x.js\n'], [false, false, false]],
  ['no level in reach', [`{"x":"${'x'.repeat(80)}","level":50}\n`], [false]],
  ['nothing', ['', '{"level":50}\n'], [false, true]],
]

for (const [name, chunks, found] of cases) {
  t.test(name, (t) => {
    const scan = new LevelScan(50, { ...pinoLevels, audit: 55, 'very loud': 60, low: 5 })
    t.strictSame(
      chunks.map((chunk) => scan.hasMinLevel(chunk)),
      found,
    )
    t.end()
  })
}
