import { fileURLToPath } from 'node:url'
import t from 'tap'
import { node, runProcess } from './kit/start-process.ts'

t.test('the inlined bytes of the kernel are those that its source compiles to', async (t) => {
  const script = fileURLToPath(new URL('../../packages/pino-rank-merge/kernel.mjs', import.meta.url))
  const { code, stderr } = await runProcess(t, [...node, script, '--check'])
  t.equal(code, 0, stderr)
})
