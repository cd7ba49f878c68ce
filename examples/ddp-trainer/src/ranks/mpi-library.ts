import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** What this file uses of koffi, an optional package that calls functions of native libraries. */
interface Koffi {
  load(path: string, options: { global: boolean }): Library
}

interface Library {
  symbol(name: string): unknown
  func(name: string, result: string, parameters: string[]): (...values: unknown[]) => number
}

/** The command that installs koffi. */
const install = 'npm install koffi@3'

/** File names of the MPI library, by the launcher. MPICH's is also that of Intel MPI and others with MPICH's ABI. */
const fileNames: Readonly<Record<string, readonly string[]>> = {
  openmpi: ['libmpi.so.40', 'libmpi.40.dylib'],
  hydra: ['libmpich.so.12', 'libmpi.so.12', 'libmpi.12.dylib'],
}

/** Tag of all messages. */
const tag = 1
/** MPI_THREAD_FUNNELED: only the main thread calls MPI, but the process has others. */
const threadLevel = 1

/** A pending send or receive. MPI writes a handle here: 8 bytes in Open MPI, 4 in MPICH. */
export type MpiRequest = BigUint64Array

/** The functions of MPI that the ranks use. All messages are bytes to and from ranks of MPI_COMM_WORLD. */
export interface Mpi {
  readonly rank: number
  readonly worldSize: number
  /** Starts a send. The array must not change and must not be garbage until the request is complete. */
  send(array: Uint8Array, to: number): MpiRequest
  /** Starts a receive. MPI matches receives with sends in their order. */
  receive(into: Uint8Array, from: number): MpiRequest
  /** Reports whether a request is complete, and lets MPI make progress. Do not test a request again when it is. */
  test(request: MpiRequest): boolean
  /** Cancels a receive. */
  cancel(request: MpiRequest): void
  /** Waits for all ranks to call it. MPI cannot be used again. */
  finalize(): void
  /** Ends all ranks, and this process too. */
  abort(exitCode: number): void
}

/** The handles and constants that differ between the two ABIs. */
interface Abi {
  handle: string
  world: unknown
  bytes: unknown
  /** MPI_ERRORS_RETURN. */
  errorsReturn: unknown
  ignoredStatus: number
}

/**
 * Loads koffi and the MPI library of the launcher, and initializes MPI.
 *
 * @param launcher `openmpi` or `hydra`
 * @param path the library; by default it depends on the launcher
 * @param from the file from which koffi is resolved
 * @throws {Error} that says what to install or to set, if koffi or the library cannot be loaded
 */
export async function initializeMpi(launcher: string, path?: string, from: string = import.meta.url): Promise<Mpi> {
  const koffi = await loadKoffi(from)
  // UCX, a library of MPICH, patches mmap and brk for its cache of pinned memory. The threads of Node crash at that now and then.
  process.env.UCX_MEM_EVENTS ??= 'no'
  const library = loadLibrary(koffi, path ? [path] : (fileNames[launcher] ?? []))
  const abi = abiOf(library)
  const { handle } = abi
  const func = (name: string, ...parameters: string[]) => {
    const call = library.func(name, 'int', parameters)
    return (...values: unknown[]) => {
      const code = call(...values)
      if (code !== 0) throw new Error(`Trainer: ${name} failed with code ${code}`)
    }
  }
  const message = ['void *', 'int', handle, 'int', 'int', handle, 'void *']
  const [send, receive] = [func('MPI_Isend', ...message), func('MPI_Irecv', ...message)]
  const testRequest = func('MPI_Test', 'void *', 'void *', 'intptr_t')
  const wait = func('MPI_Wait', 'void *', 'intptr_t')
  const cancel = func('MPI_Cancel', 'void *')
  const start = (call: typeof send, array: Uint8Array, other: number) => {
    const request: MpiRequest = new BigUint64Array(1)
    call(array, array.length, abi.bytes, other, tag, abi.world, request)
    return request
  }
  const number = new Int32Array(1)
  const read = (name: string) => {
    func(name, handle, 'void *')(abi.world, number)
    return number[0] as number
  }
  func('MPI_Init_thread', 'void *', 'void *', 'int', 'void *')(null, null, threadLevel, number)
  func('MPI_Comm_set_errhandler', handle, handle)(abi.world, abi.errorsReturn) // by default an error ends the process
  return {
    rank: read('MPI_Comm_rank'),
    worldSize: read('MPI_Comm_size'),
    send: (array, to) => start(send, array, to),
    receive: (into, from) => start(receive, into, from),
    test(request) {
      testRequest(request, number, abi.ignoredStatus)
      return number[0] !== 0
    },
    cancel(request) {
      cancel(request)
      wait(request, abi.ignoredStatus)
    },
    finalize: func('MPI_Finalize'),
    abort: (exitCode) => func('MPI_Abort', handle, 'int')(abi.world, exitCode),
  }
}

async function loadKoffi(from: string): Promise<Koffi> {
  let path: string
  try {
    path = createRequire(from).resolve('koffi')
  } catch {
    throw new Error(`Trainer: DDP_COLLECTIVES=mpi needs the package koffi, which is not installed: ${install}`)
  }
  try {
    const module = await import(pathToFileURL(path).href)
    return module.default ?? module
  } catch (cause) {
    const text = (cause as Error).message.split('\n')[0]
    throw new Error(`Trainer: the package koffi does not work here (${text}). Install it again: ${install}`, { cause })
  }
}

function loadLibrary(koffi: Koffi, paths: readonly string[]): Library {
  const reasons: string[] = []
  for (const path of paths) {
    try {
      return koffi.load(path, { global: true }) // its plugins need the symbols
    } catch (error) {
      reasons.push(`${path}: ${(error as Error).message.split('\n')[0]}`)
    }
  }
  const fix = 'Set DDP_MPI_LIBRARY to the path of the MPI library to which mpirun belongs, on all ranks'
  throw new Error(`Trainer: the MPI library cannot be loaded (${reasons.join('; ')}). ${fix}`)
}

/** Returns the ABI of a library. In Open MPI handles are addresses of symbols. In MPICH they are numbers. */
function abiOf(library: Library): Abi {
  try {
    const names = ['ompi_mpi_comm_world', 'ompi_mpi_byte', 'ompi_mpi_errors_return']
    const [world, bytes, errorsReturn] = names.map((name) => library.symbol(name))
    return { handle: 'void *', world, bytes, errorsReturn, ignoredStatus: 0 }
  } catch {
    return { handle: 'int', world: 0x44000000, bytes: 0x4c00010d, errorsReturn: 0x54000001, ignoredStatus: 1 }
  }
}
