import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { eachPiece, isNotice, logFilesIn } from './log-files.ts'

function piecesOf(file: string): [bytes: number, pieces: string[]] {
  const pieces: string[] = []
  const bytes = eachPiece(file, (piece) => pieces.push(piece))
  return [bytes, pieces]
}

t.test(
  'the pieces of a file are its texts between newlines, also the last one, and also in a compressed file',
  async (t) => {
    const dir = t.testdir({ 'a.log': 'one\n\ntwo\nthr', 'b.log.gz': gzipSync('four\nfive') })
    t.strictSame(piecesOf(join(dir, 'a.log')), [12, ['one', 'two', 'thr']])
    t.strictSame(piecesOf(join(dir, 'b.log.gz')), [9, ['four', 'five']])
    t.strictSame(piecesOf(join(dir, 'missing.log')), [0, []])
  },
)

t.test('manifests and the temporary file of a rotation are not log files', async (t) => {
  const dir = t.testdir({ 'a.log': '', 'a.log.1.gz': '', 'a.json': '{}', '.a.log.pack-1': 'half' })
  t.strictSame(logFilesIn(dir).sort(), [join(dir, 'a.log'), join(dir, 'a.log.1.gz')])
})

t.test('only a whole record about dropped or repeated lines is a notice', async (t) => {
  t.ok(isNotice('{"level":40,"time":1,"rank":3,"drops":7,"msg":"7 lines dropped here"}'))
  t.ok(isNotice('{"level":40,"time":1,"rank":3,"repeated":2,"msg":"2 lines repeated"}'))
  for (const piece of [
    '{"level":40,"time":1,"drops":7,"msg":"cu',
    '{"level":40,"msg":"a warning"}',
    '{"level":30,"drops":7,"msg":""}',
  ])
    t.notOk(isNotice(piece), piece)
})
