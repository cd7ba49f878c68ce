import { spawnSync } from 'node:child_process'
import t from 'tap'

/** Runs a process that reports `line`, and returns its stderr. */
function said(line: string, before = ''): { status: number | null; stderr: string } {
  const program = `const { reportLine } = await import(${JSON.stringify(new URL('./report-line.js', import.meta.url).href)})
    ${before}
    reportLine(${JSON.stringify(line)})`
  const node = ['-u', 'NODE_OPTIONS', process.execPath, '--input-type=module', '--eval', program]
  const { status, stderr } = spawnSync('env', node, { encoding: 'utf8' })
  return { status, stderr }
}

t.test('a report is one line even if the message has newlines', async (t) => {
  t.strictSame(said("Cannot find module 'x'\nRequire stack:\n- /a/b.js"), {
    status: 0,
    stderr: "Cannot find module 'x' Require stack: - /a/b.js\n",
  })
})

t.test('a report cannot send commands to a terminal', async (t) => {
  t.equal(said('no file \x1b]0;owned\x07').stderr, 'no file \\x1b]0;owned\\x07\n')
})

t.test('a closed stderr causes no error', async (t) => {
  t.strictSame(said('nobody hears it', "process.getBuiltinModule('node:fs').closeSync(2)"), { status: 0, stderr: '' })
})
