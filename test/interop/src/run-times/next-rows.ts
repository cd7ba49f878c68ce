import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { node, startProcess } from '../../../dist/kit/start-process.js'
import { type App, fileName, run } from './app.ts'
import { entries, entryEnv } from './entries.ts'
import type { Row } from './row.ts'

/** The rows of Next.js with its two bundlers. Each entry is a route of one app, which is built and run as `standalone`. */
export const nextRows: Row[] = [row('Next.js, Turbopack', '--turbopack'), row('Next.js, webpack', '--webpack')]

function row(name: string, bundler: string): Row {
  return {
    name,
    tools: 'run-times',
    build(app, out) {
      writeApp(app)
      const env = { NEXT_TELEMETRY_DISABLED: '1' }
      run(process.execPath, [join(app.tools, 'node_modules/next/dist/bin/next'), 'build', bundler], app.dir, env)
      cpSync(join(app.dir, '.next/standalone', basename(app.dir)), join(out, 'app'), {
        recursive: true,
        verbatimSymlinks: true,
      })
      cpSync(join(app.dir, '.next/standalone/node_modules'), join(out, 'node_modules'), {
        recursive: true,
        verbatimSymlinks: true,
      })
    },
    async run(owner, entry, { dir, log }) {
      const env = { ...entryEnv(entry, log), PORT: '0', HOSTNAME: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1' }
      const server = startProcess(owner, [...node, join(dir, 'app/server.js')], { cwd: join(dir, 'app'), env })
      await server.stdout.until(/http:\/\/\S+:\d+/)
      const [url] = /http:\/\/\S+:\d+/.exec(server.stdout.text) as RegExpExecArray
      const answer = await fetch(`${url}/${fileName(entry.name)}`)
      const text = await answer.text()
      server.kill('SIGTERM')
      const exit = await server.exit
      return answer.ok ? { ...exit, code: 0 } : { ...exit, code: 1, stderr: `${exit.stderr}\n${answer.status} ${text}` }
    },
  }
}

function writeApp({ dir, tools }: App): void {
  const layout = `export default ({ children }) => <html><body>{children}</body></html>`
  const config = { output: 'standalone', outputFileTracingRoot: tools, turbopack: { root: tools } }
  const files: Record<string, string> = {
    'next.config.mjs': `export default ${JSON.stringify(config)}`,
    'app/layout.jsx': layout,
  }
  for (const { name } of entries) {
    files[`app/${fileName(name)}/route.js`] = `
export const dynamic = 'force-dynamic'
export async function GET() {
  await import('../../${fileName(name)}.imported.mjs')
  await globalThis.finished
  return new Response('done')
}`
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}
