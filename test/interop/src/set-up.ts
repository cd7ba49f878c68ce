// Makes what the suite needs. Where it cannot be had, says so: then the tests skip.
import { execFileSync } from 'node:child_process'
import { browser } from './browser.ts'
import { makeMpis } from './mpi.ts'
import { makePm2 } from './pm2.ts'
import { makeEnvironment } from './python.ts'
import { Terminal } from './terminal.ts'

for (const missing of [makeEnvironment(), makePictures(), makeMpis(), makePm2()])
  if (missing) console.log(`interop: skipped: ${missing}`)

/** Installs a browser and tmux, where that is possible. @returns why there is none; undefined: there are both */
function makePictures(): string | undefined {
  if (browser() && Terminal.there()) return undefined
  try {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-qq', '--yes', 'chromium', 'tmux', 'zsh', 'fish', 'fonts-dejavu-core'], {
      stdio: 'ignore',
    })
  } catch {
    // no Debian, not root, or no registry
  }
  return browser() && Terminal.there() ? undefined : 'pictures: no Chromium, or no tmux, here'
}
