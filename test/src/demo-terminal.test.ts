/** The output of the demo, the first command of the root README, on a terminal. */
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { shownLines } from './kit/screen.ts'
import { shellText, startInTerminal, terminalTools } from './kit/terminal.ts'

const demo = fileURLToPath(new URL('../../examples/ddp-trainer/dist/demo/demo.js', import.meta.url))
const maxLines = 48 // two screens of a terminal

t.test('on a terminal the demo shows one line a record, on two screens at most', terminalTools, async (t) => {
  const command = shellText([process.execPath, demo, '--epochs', '1', '--accuracy', '0.5'])
  const { code, stdout: output, stderr } = await startInTerminal(t, command, { cwd: t.testdir(), columns: 100 }).exit
  t.equal(code, 0, 'it passes its own check')
  t.match(output, /epoch 1\/1 +━+─/, 'a bar was drawn')
  const lines = await shownLines(output, { columns: 100 })
  const stdout = lines.join('\n')
  t.ok(lines.length <= maxLines, `${lines.length} lines`)
  t.notMatch(stdout, /^\{/m, 'no JSON')
  t.match(stdout, /^\[2\] \d\d:\d\d:\d\d\.\d{3} ERROR skips a digit {2}staged by the demo: a digit of rank 2/m)
  t.match(stdout, /^\[0\] .* val_acc 0\.\d/m)
  for (const rank of [0, 1, 2, 3]) t.match(stdout, new RegExp(`^\\[${rank}\\] .* shard `, 'm'), `rank ${rank}`)
  t.match(stdout, /^… and \d+ more records in the files$/m)
  t.match(
    stdout,
    /^stdout: (all records are|\d+ of \d+ records? came after a later one; the others are) in order of time$/m,
  )
  t.equal(stderr, '')
})
