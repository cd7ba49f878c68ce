import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { chooseBackend } from './backend.ts'
import { gpuPresent } from './gpu.ts'
import { temporary } from './kit/temporary.ts'

const { resolve } = createRequire(import.meta.url)
const wasm = dirname(resolve('@tensorflow/tfjs-backend-wasm/package.json'))
const core = dirname(resolve('@tensorflow/tfjs/package.json'))

/** A file beside whose `node_modules` lie these packages: our own source, or a link to the real one. */
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

/** Stands for tfjs-node without its addon. */
const addonMissing = `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found')`
/** Stands for an addon that loads and fails at its first operation. */
const firstOperationFails = `
  const tf = require(${JSON.stringify(core)})
  tf.registerBackend('tensorflow', () => ({ floatPrecision: () => 32, epsilon: () => 1e-7, dispose() {},
    numDataIds: () => 0, write() { throw new TypeError('util.isNullOrUndefined is not a function') } }))`

t.test('not installed: the next, and each better one has its reason', async (t) => {
  const from = await project(t, { 'tfjs-backend-wasm': wasm, tfjs: core })
  t.same(await chooseBackend('auto', { from, gpu: false }), {
    package: '@tensorflow/tfjs-backend-wasm',
    backend: 'wasm',
    gpu: false,
    passedOver: { '@tensorflow/tfjs-node-gpu': 'not installed', '@tensorflow/tfjs-node': 'not installed' },
  })
})

t.test('installed, but broken: the next, and what it said', async (t) => {
  const packages = {
    'tfjs-node-gpu': addonMissing,
    'tfjs-node': firstOperationFails,
    'tfjs-backend-wasm': wasm,
    tfjs: core,
  }
  const choice = await chooseBackend('auto', { from: await project(t, packages), gpu: true })
  t.equal(choice.backend, 'wasm')
  t.match(choice.passedOver, {
    '@tensorflow/tfjs-node-gpu': /^installed, but broken: The Node.js native addon module/,
    '@tensorflow/tfjs-node': /^installed, but broken: util.isNullOrUndefined/,
  })
  t.equal(choice.hint, undefined, 'the package is there: no command adds it')
})

t.test('a GPU without its package: the one command', async (t) => {
  const from = await project(t, { 'tfjs-backend-wasm': wasm, tfjs: core })
  const { hint } = await chooseBackend('auto', { from, gpu: true })
  t.equal(hint, 'npm install @tensorflow/tfjs-node-gpu@4.22.0')
  const { hint: none, passedOver } = await chooseBackend('cpu', { from, gpu: true })
  t.equal(none, undefined)
  t.notOk('@tensorflow/tfjs-node-gpu' in passedOver, 'not looked for')
})

t.test('a GPU is known by its driver', async (t) => {
  const folder = t.testdir({ 'nvidia-smi': '' })
  t.equal(gpuPresent({ PATH: `/nowhere:${folder}` }), true)
})

t.test('the last resort', async (t) => {
  const { package: name } = await chooseBackend('auto', { from: await project(t, { tfjs: core }), gpu: false })
  t.equal(name, '@tensorflow/tfjs')
  t.equal(tf.getBackend(), 'cpu')
  await t.rejects(chooseBackend('auto', { from: await project(t, {}), gpu: false }), /no TensorFlow.js backend works/)
})
