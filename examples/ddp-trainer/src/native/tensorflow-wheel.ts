import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The wheel of PyPI that has libtensorflow with its headers. Its Python version need not be the installed one. */
export const wheel = {
  name: 'tensorflow-cpu',
  version: '2.13.1',
  python: '3.11',
  sha256: '87be6e61314b2c0fa062f71e26e41d6a17e162ffe4da72c820fe8f1fc94d97fe',
}

/** Copies the libraries of a wheel (argv[1]) to lib, and the headers of its C API to include, in a folder (argv[2]). */
const unpack = `
import re, shutil, sys, zipfile
from pathlib import Path
library = re.compile(r'tensorflow/(lib)(tensorflow_(?:cc|framework)\\.so\\.2)$')
header = re.compile(r'tensorflow/(include/(?:tensorflow/(?:c|core/platform|tsl)|tsl|xla/tsl)/.*\\.h)$')
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        found = library.match(name)
        path = 'lib/lib' + found[2] if found else header.match(name) and header.match(name)[1]
        if not path: continue
        target = Path(sys.argv[2], path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, open(target, 'wb') as copy: shutil.copyfileobj(source, copy, 1 << 20)
`

/** The names with which the addon is linked. */
const links = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
}

/**
 * Downloads the wheel with pip, which checks its hash, and unpacks it into the folder `deps` of a package. Does nothing if the folder has
 * it already.
 *
 * @param run runs a command, and throws if it fails
 * @returns whether it was unpacked now
 */
export function unpackTensorFlow(deps: string, temporary: string, run: (command: string[]) => unknown): boolean {
  const stamp = join(deps, '.wheel')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wheel.sha256) return false
  const requirements = join(temporary, 'requirements.txt')
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`)
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name])
  run([
    ...['python3', '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'],
    ...['--only-binary=:all:', '--python-version', wheel.python, ...platforms, '--dest', temporary, '-r', requirements],
  ])
  const file = readdirSync(temporary).find((name) => name.endsWith('.whl')) as string
  rmSync(deps, { recursive: true, force: true })
  run(['python3', '-c', unpack, join(temporary, file), deps])
  for (const [link, library] of Object.entries(links)) symlinkSync(library, join(deps, 'lib', link))
  writeFileSync(stamp, wheel.sha256)
  return true
}
