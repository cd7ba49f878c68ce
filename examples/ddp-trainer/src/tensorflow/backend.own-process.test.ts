import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { temporary } from '../kit/temporary.ts'
import { chooseBackend } from './backend.ts'
import { gpuPresent } from './gpu.ts'

const { resolve } = createRequire(import.meta.url)
const wasm = dirname(resolve('@tensorflow/tfjs-backend-wasm/package.json'))
const core = dirname(resolve('@tensorflow/tfjs/package.json'))

/** Returns the path of a file in a project with these packages. A package's content is its source, or the path of a real package. */
async function project(t: Test, packages: Record<string, string>): Promise<string> {
  const scope = join(temporary(t), 'node_modules', '@tensorflow')
  await mkdir(scope, { recursive: true })
  for (const [name, content] of Object.entries(packages)) {
    if (content.startsWith('/')) await symlink(content, join(scope, name))
    else {
      await mkdir(join(scope, name))
      await writeFile(join(scope, name, 'index.js'), content)
    }
  }
  return join(scope, '..', '..', 'main.js')
}

/** A double of tfjs-node without its addon. */
const addonMissing = `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found')`
/** A double of an addon that loads, but fails at its first operation. */
const firstOperationFails = `
  const tf = require(${JSON.stringify(core)})
  tf.registerBackend('tensorflow', () => ({ floatPrecision: () => 32, epsilon: () => 1e-7, dispose() {},
    numDataIds: () => 0, write() { throw new TypeError('util.isNullOrUndefined is not a function') } }))`

t.test('without the native packages, WASM is chosen, and it says why each faster package was not chosen', async (t) => {
  const from = await project(t, { 'tfjs-backend-wasm': wasm, tfjs: core })
  t.same(await chooseBackend('auto', { from, gpu: false }), {
    package: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    gpu: false,
    rejected: { '@tensorflow/tfjs-node-gpu': 'not installed', '@tensorflow/tfjs-node': 'not installed' },
  })
})

t.test('a package that is installed but broken is skipped, with its error as the reason', async (t) => {
  const packages = {
    'tfjs-node-gpu': addonMissing,
    'tfjs-node': firstOperationFails,
    'tfjs-backend-wasm': wasm,
    tfjs: core,
  }
  const choice = await chooseBackend('auto', { from: await project(t, packages), gpu: true })
  t.equal(choice.backend, 'wasm')
  t.match(choice.rejected, {
    '@tensorflow/tfjs-node-gpu': /^installed, but broken: The Node.js native addon module/,
    '@tensorflow/tfjs-node': /^installed, but broken: util.isNullOrUndefined/,
  })
  t.equal(choice.hint, undefined, 'the package is installed, so there is no command to install it')
})

t.test('if there is a GPU without its package, the hint is the command that installs the package', async (t) => {
  const from = await project(t, { 'tfjs-backend-wasm': wasm, tfjs: core })
  const { hint } = await chooseBackend('auto', { from, gpu: true })
  t.equal(hint, 'npm install @tensorflow/tfjs-node-gpu@4.22.0')
  const { hint: none, rejected } = await chooseBackend('cpu', { from, gpu: true })
  t.equal(none, undefined)
  t.notOk('@tensorflow/tfjs-node-gpu' in rejected, 'accelerator cpu does not try it')
})

t.test('a GPU is detected by nvidia-smi on the path', async (t) => {
  const folder = t.testdir({ 'nvidia-smi': '' })
  t.equal(gpuPresent({ PATH: `/nowhere:${folder}` }), true)
})

t.test('the JavaScript backend is the last choice, and without it an error is thrown', async (t) => {
  const { package: name } = await chooseBackend('auto', { from: await project(t, { tfjs: core }), gpu: false })
  t.equal(name, '@tensorflow/tfjs')
  t.equal(tf.getBackend(), 'cpu')
  await t.rejects(chooseBackend('auto', { from: await project(t, {}), gpu: false }), /no TensorFlow.js backend works/)
})
