/** Flags of Node that restrict a program: an option that cannot work is refused with the fix, and the rest works. */
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { node, permissionFlag, runProcess } from './kit/start-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Runs a program that logs a line to stdout, as the only rank of a job. Returns its stdout. */
async function run(t: Test, flags: string[], options: object, isGate = false) {
  const program = `
    import { gate, rankLogger } from 'pino-rank'
    try {
      if (${isGate}) gate()
      rankLogger({ transport: { target: 'pino-rank-stdout', options: ${JSON.stringify(options)} } }).info('i')
    } catch (error) {
      console.log(error.message)
    }`
  const command = [...node, '--no-warnings', ...flags, '--input-type=module', '--eval', program]
  const env = { RANKLOG_RUN_ID: 'restricted', XDG_RUNTIME_DIR: '/nowhere', TMPDIR: '/tmp' }
  const { code, stdout, stderr } = await runProcess(t, command, {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env,
  })
  t.strictSame([code, stderr], [0, ''])
  return stdout
}

t.test('rankLogger and gate refuse --frozen-intrinsics with a message that names the flag', async (t) => {
  const expected =
    'pino-rank: global "Error": expected one that pino may change, received "frozen"; start node without --frozen-intrinsics: pino finds its caller by Error.prepareStackTrace\n'
  for (const isGate of [false, true]) t.equal(await run(t, ['--frozen-intrinsics'], {}, isGate), expected)
})

const permissions = [permissionFlag, `--allow-fs-read=${root}*`]

t.test('lines go to stdout if permissions hide the folders of collectors', async (t) => {
  t.match(await run(t, permissions, { merge: 'always' }), /^\{.*"rank":0.*"msg":"i"\}\n$/)
})

t.test('collector: true is refused if permissions forbid threads', async (t) => {
  const message =
    /^pino-rank-stdout: option "collector": expected .*, received "ERR_ACCESS_DENIED"; start node with --allow-worker/
  t.match(await run(t, permissions, { merge: 'always', collector: true }), message)
})
