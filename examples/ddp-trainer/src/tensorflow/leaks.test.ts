import t from 'tap'
import { records, runNode } from '../kit/run-node.ts'

interface Fit {
  backend: string
  name: string
  steps: object[]
}

for (const [name, backend] of Object.entries({ wasm: 'wasm', javascript: 'cpu' })) {
  t.test(`no step of a fit leaves a tensor on the backend ${backend}`, async (t) => {
    const { code, stdout, stderr } = await runNode('kit/leaks.js', { args: [name] }).ended
    t.equal(code, 0, stderr)
    const fits = records(stdout) as unknown as Fit[]
    t.equal(fits.length, 2 * 3 * 5)
    for (const { name, steps, ...found } of fits) {
      t.equal(found.backend, backend)
      const [, second, ...later] = steps
      t.ok(later.length >= 3, `${name}: ${steps.length} steps`)
      t.strictSame(later, later.map(() => second), name) // biome-ignore format: a line
    }
  })
}
