import t from 'tap'
import { resolveTarget } from './resolve-target.ts'

t.test('the error for a target that is not found says what to do, also in a bundle', (t) => {
  const from = ['/nowhere/app.js']
  const cases: [target: string, fix: string][] = [
    ['pino-rank-file', "; in a bundle add import 'pino-rank-file' to the program"],
    ['pino-rank-stdout', "; in a bundle add import 'pino-rank-stdout' to the program"],
    ['pino-wandb', "; in a bundle name it in the bundler's plugin for pino (esbuild-plugin-pino, pino-webpack-plugin)"],
    ['toString', "; in a bundle name it in the bundler's plugin for pino (esbuild-plugin-pino, pino-webpack-plugin)"],
  ]
  for (const [target, fix] of cases) {
    const message = `pino-rank: transport target: expected a module that resolves from ${from[0]}, received "${target}"; install it there, or give an absolute path or a file: URL${fix}`
    t.throws(() => resolveTarget(target, from), { code: 'TARGET_NOT_FOUND', message } as never, target)
  }
  t.end()
})
