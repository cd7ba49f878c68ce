import fc from 'fast-check'
import t from 'tap'
import { type NameStyle, nextName, rotatedNames } from './rotated-names.ts'

const noon = Date.UTC(2025, 0, 30, 12)
const namesOf = (names: readonly string[], style: NameStyle) =>
  rotatedNames(names, 'x.log', [style]).map(({ name }) => name)
const nextOf = (names: readonly string[], style: NameStyle) =>
  nextName('x.log', style, rotatedNames(names, 'x.log', [style]).at(-1), noon)

t.test('the next name follows the newest one', (t) => {
  const cases: [style: NameStyle, there: string[], next: string][] = [
    ['numbered', [], 'x.log.1'],
    ['numbered', ['x.log.2', 'x.log.10', 'x.log.9.gz'], 'x.log.11'],
    ['numbered', ['x.log.9999999999999'], 'x.log.10000000000000'],
    ['numbered', ['x.log.10000000000000', 'x.log.9999999999999.gz'], 'x.log.10000000000001'],
    ['numbered', ['x.log.4503599627370495'], 'x.log.4503599627370496'],
    ['numbered', ['x.log.4503599627370496', 'x.log.4503599627370495'], 'x.log.4503599627370497'],
    ['numbered', ['x.log.3', 'x.log.9007199254740991', 'x.log.99999999999999999999'], 'x.log.4'],
    ['numbered', ['x.log.01', 'x.log.-1', 'x.log.0', 'x.log.1e3', 'x.log.1.1', 'x.log.20250130T120000Z'], 'x.log.1'],
    ['dated', [], 'x.log.20250130T120000Z'],
    ['dated', ['x.log.20250130T120000Z'], 'x.log.20250130T120000Z-2'],
    ['dated', ['x.log.20250130T120000Z-999999999'], 'x.log.20250130T120000Z-1000000000'],
    ['dated', ['x.log.20250130T120000Z-4503599627370496'], 'x.log.20250130T120000Z'],
    ['dated', ['x.log.29991231T235959Z'], 'x.log.29991231T235959Z-2'],
    ['dated', ['x.log.99999999T999999Z', 'x.log.20251301T000000Z', 'x.log.9'], 'x.log.20250130T120000Z'],
  ]
  for (const [style, there, next] of cases) t.equal(nextOf(there, style), next, there.join(' '))
  t.end()
})

t.test('with any files in the folder, the next name is not taken, and is then the newest one', (t) => {
  const near = (top: bigint) => fc.bigInt({ min: top > 10n ? top - 3n : 0n, max: top + 3n })
  const tops = [0n, 9_999_999_999_999n, 2n ** 53n, 10n ** 15n, 10n ** 20n]
  const number = fc.oneof(...tops.map(near), fc.bigInt({ min: 0n, max: 10n ** 18n }))
  for (const style of ['numbered', 'dated'] as const) {
    const name = number.map((n) => (style === 'numbered' ? `x.log.${n}` : `x.log.20250130T120000Z-${n}`))
    const plantedName = fc.tuple(name, fc.boolean()).map(([name, isCompressed]) => (isCompressed ? `${name}.gz` : name))
    fc.assert(
      fc.property(fc.array(plantedName, { maxLength: 5 }), (planted) => {
        const names = [...planted]
        for (let rotation = 0; rotation < 3; rotation++) {
          const next = nextOf(names, style)
          t.notOk(names.includes(next), `${next} is new among ${names.join(' ')}`)
          names.push(next)
          t.equal(namesOf(names, style).at(-1), next, `the newest of ${names.join(' ')}`)
        }
      }),
    )
  }
  t.end()
})
