import t, { type Test } from 'tap'
import { type Exit, node, runProcess } from './kit/start-process.ts'

const module = new URL('../../packages/pino-rank/dist/errors/report-line.js', import.meta.url).href

/** Runs a process that reports `line`. */
function report(t: Test, line: string, before = ''): Promise<Exit> {
  const program = `const { reportLine } = await import(${JSON.stringify(module)})
    ${before}
    reportLine(${JSON.stringify(line)})`
  return runProcess(t, [...node, '--input-type=module', '--eval', program])
}

t.test('a report is one line even if the message has newlines', async (t) => {
  const { code, stderr } = await report(t, "Cannot find module 'x'\nRequire stack:\n- /a/b.js")
  t.strictSame(
    { code, stderr },
    {
      code: 0,
      stderr: "Cannot find module 'x' Require stack: - /a/b.js\n",
    },
  )
})

t.test('a report escapes control characters', async (t) => {
  const { stderr } = await report(t, 'no file \x1b]0;owned\x07')
  t.equal(stderr, 'no file \\x1b]0;owned\\x07\n')
})

t.test('a report to a closed stderr does not throw', async (t) => {
  const closeStderr = "process.getBuiltinModule('node:fs').closeSync(2)"
  const { code, stderr } = await report(t, 'nobody reads it', closeStderr)
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
})
