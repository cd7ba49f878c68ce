import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { temporary } from '../kit/temporary.ts'
import { chooseBackend } from './backend.ts'

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

/** A double of a backend that cannot be created. */
const notCreated = `
  const tf = require(${JSON.stringify(core)})
  tf.registerBackend('tensorflow', () => { throw new Error('no device') })`

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

t.test('a backend that cannot be created is skipped, although another one works meanwhile', async (t) => {
  await tf.setBackend('cpu')
  const from = await project(t, { 'tfjs-node': notCreated, 'tfjs-backend-wasm': wasm })
  const { backend, rejected } = await chooseBackend('auto', { from, gpu: false })
  t.equal(backend, 'wasm')
  t.equal(rejected['@tensorflow/tfjs-node'], "installed, but broken: the backend 'tensorflow' cannot be created")
})

t.test('if there is a GPU without its package, the hint is the command that installs the package', async (t) => {
  const from = await project(t, { 'tfjs-backend-wasm': wasm, tfjs: core })
  const { hint } = await chooseBackend('auto', { from, gpu: true })
  t.equal(hint, 'npm install @tensorflow/tfjs-node-gpu@4.22.0')
  const { hint: none, rejected } = await chooseBackend('cpu', { from, gpu: true })
  t.equal(none, undefined)
  t.notOk('@tensorflow/tfjs-node-gpu' in rejected, 'accelerator cpu does not try it')
})

t.test('accelerator wasm uses only WASM, with SIMD, and names what is wrong with it', async (t) => {
  const native = { 'tfjs-node-gpu': 'throw new Error("loaded")', 'tfjs-node': 'throw new Error("loaded")' }
  const from = await project(t, { ...native, 'tfjs-backend-wasm': wasm, tfjs: core })
  const choice = await chooseBackend('wasm', { from, gpu: true })
  t.match(choice, { package: '@tensorflow/tfjs-backend-wasm', backend: 'wasm', rejected: {}, hint: undefined })
  t.strictSame(choice.rejected, {}, 'no other package is loaded')
  t.equal(tf.env().getBool('WASM_HAS_SIMD_SUPPORT'), true)
  const fix = 'Try: npm install @tensorflow/tfjs-backend-wasm@4.22.0'
  await t.rejects(chooseBackend('wasm', { from: await project(t, { tfjs: core }), gpu: false }), {
    message: `Trainer: no backend works with accelerator 'wasm': @tensorflow/tfjs-backend-wasm is not installed. ${fix}`,
  })
})

t.test('the JavaScript backend is the last choice, and without it an error is thrown', async (t) => {
  const { package: name } = await chooseBackend('auto', { from: await project(t, { tfjs: core }), gpu: false })
  t.equal(name, '@tensorflow/tfjs')
  t.equal(tf.getBackend(), 'cpu')
  await t.rejects(
    chooseBackend('auto', { from: await project(t, {}), gpu: false }),
    /no backend works with accelerator 'auto'/,
  )
})

t.test('a backend without the kernel of a convolution is skipped', async (t) => {
  tf.unregisterKernel('Conv2DBackpropFilter', 'cpu')
  await t.rejects(chooseBackend('auto', { from: await project(t, { tfjs: core }), gpu: false }), {
    message:
      /@tensorflow\/tfjs is installed, but broken: Kernel 'Conv2DBackpropFilter' not registered for backend 'cpu'/,
  })
})
