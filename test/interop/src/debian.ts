import { execFileSync } from 'node:child_process'

/** Installs packages of Debian. Does nothing on other systems, for other users, and without a package registry. */
export function installPackages(...names: readonly string[]): void {
  const get = (...args: readonly string[]) => execFileSync('apt-get', args, { stdio: 'ignore' })
  const install = () => get('install', '-qq', '--yes', '--no-install-recommends', ...names)
  try {
    install()
  } catch {
    try {
      get('update', '-qq')
      install()
    } catch {
      // the caller reports what is missing
    }
  }
}
