import t from 'tap'
import { untilOutputEnds } from './until-output-ends.ts'

/** Returns a wait whose time the test advances. */
function scene() {
  const progress = { bytesRead: 0, pendingWrites: 0 }
  let wake = () => {}
  let finish = () => {}
  let fail = (_: Error) => {}
  const output = new Promise<void>((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  let hasEnded = false
  const ended = untilOutputEnds(
    output,
    progress,
    (signal) =>
      new Promise<void>((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve())
      }),
  )
  ended.then(
    () => (hasEnded = true),
    () => (hasEnded = true),
  )
  /** Lets a silence pass. Returns whether the wait has ended then. */
  const silence = async () => {
    wake()
    await new Promise(setImmediate)
    return hasEnded
  }
  return { progress, ended, silence, finish, fail }
}

t.test('the wait ends after a silence in which no bytes arrive', async (t) => {
  const { progress, silence } = scene()
  progress.bytesRead = 10
  t.equal(await silence(), false, 'bytes arrived in the meantime')
  t.equal(await silence(), true)
})

t.test('the wait does not end during a pending write or while bytes arrive', async (t) => {
  const { progress, silence } = scene()
  progress.bytesRead = 10
  progress.pendingWrites = 1
  for (let at = 0; at < 5; at++) t.equal(await silence(), false, 'the reader is slow')
  progress.pendingWrites = 0
  for (let at = 0; at < 5; at++) {
    progress.bytesRead += 1
    t.equal(await silence(), false, 'bytes arrive')
  }
  t.equal(await silence(), true)
})

t.test('the wait ends with the output, or its failure, without a silence', async (t) => {
  const { progress, ended, finish } = scene()
  progress.pendingWrites = 1
  finish()
  await ended
  const failing = scene()
  failing.progress.pendingWrites = 1
  failing.fail(new Error('EIO'))
  await failing.ended.catch((error) => t.match(error, { message: 'EIO' }))
})
