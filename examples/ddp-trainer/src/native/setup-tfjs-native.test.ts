import { readdirSync } from 'node:fs'
import t, { type Test } from 'tap'
import { runNode } from '../kit/run-node.ts'

const script = 'native/setup-tfjs-native.js'

/** Runs the script in an empty folder. Checks that it fails and leaves no file. Returns its message. */
async function failure(t: Test, args: string[], env: Record<string, string> = {}): Promise<string> {
  const cwd = t.testdir()
  const { code, stdout, stderr } = await runNode(script, { cwd, args, env }).ended
  t.strictSame([code, stdout, readdirSync(cwd)], [1, '', []])
  return stderr
}

t.test('a wrong package or option is an error', async (t) => {
  const message = 'setup:tfjs-native: --package must be tfjs-node or tfjs-node-gpu, not tfjs\n'
  t.equal(await failure(t, ['--package', '@tensorflow/tfjs']), message)
  t.match(await failure(t, ['--folder', 'x']), /^setup:tfjs-native: Unknown option '--folder'/)
})

const skip = (process.platform !== 'linux' || process.arch !== 'x64') && 'Linux on x86-64'
t.test('without its programs it names all that are missing, and installs nothing', { skip }, async (t) => {
  t.equal(
    await failure(t, [], { PATH: '/nowhere' }),
    'setup:tfjs-native: npm, python3, pip for python3, g++ missing. On Debian: apt-get install npm python3 python3-pip g++\n',
  )
})
