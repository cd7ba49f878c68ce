import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

t.test('the inlined kernel is what its source gives', async (t) => {
  const script = fileURLToPath(new URL('../../kernel.mjs', import.meta.url))
  t.doesNotThrow(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }))
})
