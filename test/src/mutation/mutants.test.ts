import t from 'tap'
import { mutantsOf, sampleOf, withMutant } from './mutants.ts'

const cases: [code: string, mutated: string[]][] = [
  ['const a = b === c;', ['const a = b !== c;']],
  ['const a = b < 1;', ['const a = b <= 1;', 'const a = b < (1 + 1);']],
  ['const a = b + c;', ['const a = b - c;']],
  [`const a = 'x' + c;`, []],
  ['const a = b && c;', ['const a = b || c;']],
  ['const a = b ?? c;', ['const a = b;']],
  ['const a = !b;', ['const a = !!b;']],
  ['const a = true;', ['const a = false;']],
  ['if (a) b = c;', ['if (false) b = c;']],
  ['const a = b ? c : d;', ['const a = b ? d : c;']],
  ['a(b);', [';']],
  ['await a(b);', [';']],
  ['throw new Error(a === b);', [';']],
  [`import a from 'a';`, []],
  ['var __helper = (this && this.__helper) || function () { return 1; };', []],
  ['class A extends B { constructor() { super(a) } }', []],
]

for (const [code, mutated] of cases) {
  t.test(`${code} has ${mutated.length} faults`, async (t) => {
    t.same(
      mutantsOf(code).map((mutant) => withMutant(code, mutant)),
      mutated,
    )
  })
}

t.test('sampleOf returns the same sample for the same seed, and another for another seed', async (t) => {
  const items = Array.from({ length: 100 }, (_, n) => n)
  const sample = (seed: number) => sampleOf(items, 10, seed, String)
  t.same(sample(1), sample(1))
  t.notSame(sample(1), sample(2))
  t.equal(new Set(sample(1)).size, 10)
  t.same(
    sampleOf(items, 200, 1, String).toSorted((a, b) => a - b),
    items,
  )
})
