import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findPackage } from './rivals.ts'

t.test('a package is found if it is installed for this package or in the current folder', async (t) => {
  const cwd = t.testdir({
    node_modules: {
      'bench-rival': {
        'package.json': '{ "name": "bench-rival", "version": "3.2.1", "exports": "./lib/main.js" }',
        lib: { 'main.js': '', 'package.json': '{ "type": "commonjs" }' },
      },
    },
  })
  t.same(findPackage('bench-rival', cwd), {
    path: join(realpathSync(cwd), 'node_modules/bench-rival/lib/main.js'),
    version: '3.2.1',
  })
  t.match(findPackage('pino', '/'), { version: /^\d+\./ })
  t.equal(findPackage('bench-rival', '/'), undefined)
})
