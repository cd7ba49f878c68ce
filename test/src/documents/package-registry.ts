import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

interface Packed {
  name: string
  version: string
  filename: string
  integrity: string
}

/**
 * A package registry with the packed packages of this repository. It redirects other requests to the registry that npm uses
 * on this machine. So the `npm install` of a document works unchanged even before a release.
 */
export class PackageRegistry {
  /** The folder of the tarballs and of `examples`, as in a clone after `npm pack`. */
  readonly folder: string
  readonly #server: Server
  readonly #upstream: string
  readonly #manifests: Map<string, object> = new Map()

  private constructor(folder: string, packages: string, server: Server) {
    this.folder = folder
    this.#server = server
    this.#upstream = npm(['config', 'get', 'registry']).trim().replace(/\/$/, '')
    mkdirSync(folder)
    symlinkSync(join(packages, '../examples'), join(folder, 'examples'))
    const folders = readdirSync(packages).map((name) => join(packages, name))
    const output = npm(['pack', '--json', '--pack-destination', folder, ...folders])
    const packed: Packed[] = Object.values(JSON.parse(output))
    for (const [at, { name, version, filename, integrity }] of packed.entries()) {
      const manifest = JSON.parse(readFileSync(join(folders[at] as string, 'package.json'), 'utf8'))
      const dist = { tarball: `${this.url}/-/${filename}`, integrity }
      this.#manifests.set(name, {
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { ...manifest, dist } },
      })
    }
    server.on('request', (request, response) => this.#answer(request, response))
  }

  /** @param folder is created @param packages the folder of the packages */
  static async start(folder: string, packages: string): Promise<PackageRegistry> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return new PackageRegistry(folder, packages, server)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await once(this.#server.close(), 'close')
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const manifest = this.#manifests.get(decodeURIComponent(url.slice(1)))
    // npm must not cache the manifests: the server of a later run may have the same port.
    if (manifest) return void response.setHeader('cache-control', 'no-store').end(JSON.stringify(manifest))
    if (!url.startsWith('/-/')) return void response.writeHead(302, { location: `${this.#upstream}${url}` }).end()
    createReadStream(join(this.folder, url.slice('/-/'.length))).pipe(response)
  }
}

function npm(args: readonly string[], cwd?: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
