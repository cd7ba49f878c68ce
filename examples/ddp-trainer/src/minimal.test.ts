import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { records, runNode } from './kit/run-node.ts'

t.test('minimal.js trains on two ranks, and only rank 0 writes', async (t) => {
  const cwd = t.testdir()
  const { code, stdout, stderr } = await runNode('minimal.js', { cwd }).ended
  t.equal(code, 0, stderr)
  t.equal(stdout, '')
  t.match(stderr, /^epoch 10\/10 25\/25 .*val_loss/m)
  const log = records(readFileSync(join(cwd, 'runs/version_0/train.log'), 'utf8'))
  t.same([...new Set(log.map(({ rank }) => rank))], [0])
  const losses = log.flatMap(({ metrics }) => (metrics as { val_loss?: number } | undefined)?.val_loss ?? [])
  t.equal(losses.length, 10, 'one validation in each epoch')
  const [first = 0, last = 0] = [losses[0], losses.at(-1)]
  t.ok(last < first / 4, `the loss falls from ${first} to ${last}`)
})

t.test('the README shows lines of minimal.ts, in their order', async (t) => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const source = read('../src/minimal.ts').split('\n')
  const [, excerpt = ''] = /```ts\n\/\/ src\/minimal.ts\n(.*?)```/s.exec(read('../README.md')) ?? []
  const shown = excerpt.split('\n').filter((line) => !['', '…'].includes(line.trim()))
  t.ok(shown.length > 5)
  let at = -1
  for (const line of shown) {
    at = source.indexOf(line, at + 1)
    t.not(at, -1, line)
  }
  t.ok(source.length <= 41, 'forty lines')
})
