import type pino from 'pino'
import type { ThreadStream } from '../pino-internals.ts'
import { pinoConfigCode } from '../pino-worker-internals.ts'
import type { Levels } from '../record/index.ts'
import type { Decision } from './decide.ts'
import type { DecidedTarget, GatedTarget } from './gated-target.ts'
import { LazyTransport } from './lazy-transport.ts'
import type { WorkerSettings } from './rank-transport.ts'
import { type Route, RoutedStream } from './routed-stream.ts'
import { startWorker } from './start-worker.ts'

type Worker = ThreadStream | LazyTransport
type Build = (start: () => ThreadStream) => Worker

/**
 * The destinations of a logger: each record goes to every target whose level it reaches.
 *
 * - A sink that runs in the process gets its stream at construction, if its target is open on this rank. Otherwise it appends
 *   each line on this thread, or is built at its first record.
 * - All other targets share one worker of pino. It starts at construction if one of them is open.
 */
export class Routes {
  readonly #settings: WorkerSettings
  readonly #customLevels: Levels | undefined
  /** Streams and workers that belong to one target. */
  readonly #own = new Map<GatedTarget, pino.DestinationStream>()
  /** What {@link Routes.#flushAndAppend} returned for each append. */
  readonly #appends = new Map<pino.DestinationStream, pino.DestinationStream>()
  /** Every stream that records ever went to. */
  readonly #known = new Set<pino.DestinationStream>()
  #shared: { targets: readonly DecidedTarget[]; worker: Worker } | undefined

  constructor(settings: WorkerSettings, customLevels?: Levels) {
    this.#settings = settings
    this.#customLevels = customLevels
  }

  /** Returns the destination for a new logger. The targets of a silent logger are built at their first record. */
  first({ targets, level }: Decision): pino.DestinationStream {
    const isSilent = level === 'silent'
    for (const { target, open } of isSilent ? [] : targets) if (open) this.#openInProcess(target)
    const routes = this.#routes(targets, isSilent ? lazily : (start) => start())
    for (const { stream } of routes) this.#known.add(stream)
    return this.#join(routes, targets)
  }

  /**
   * Returns the destination for a new decision. A target that was not built yet starts at its first record. A target that is no
   * longer needed stays open until exit, and is flushed with the others. `config` is what pino sends to each stream at
   * construction.
   */
  next(targets: readonly DecidedTarget[], config: object): pino.DestinationStream {
    const routes = this.#routes(targets, lazily)
    for (const { stream } of routes) {
      if (isEmitter(stream) && !this.#known.has(stream)) stream.emit('message', { code: pinoConfigCode, config })
      this.#known.add(stream)
    }
    return this.#join(routes, targets)
  }

  #routes(targets: readonly DecidedTarget[], build: Build): Route[] {
    const streams = targets.flatMap(({ target, min }) => (target.stream ? [{ level: min, stream: target.stream }] : []))
    for (const decided of targets) {
      if (decided.target.inProcess) streams.push({ level: decided.min, stream: this.#inProcess(decided) })
    }
    const built = targets.filter(({ target }) => target.built && !target.inProcess)
    if (built.some((target) => target.open)) {
      // `dedupe` picks the one stream with the highest level, so next to ready streams each target needs a route of its own
      const isSeparate = this.#settings.dedupe === true && streams.length > 0
      return [...streams, ...this.#workers(built, build, isSeparate)]
    }
    const appended = built.flatMap(({ target, min }) => (target.append ? [{ level: min, stream: target.append }] : []))
    const foreign = built.filter(({ target }) => !target.append)
    return [...streams, ...appended, ...this.#workers(foreign, lazily)]
  }

  /** Builds the target's stream on this thread. If its module cannot be loaded here, the target goes to pino's worker. */
  #openInProcess(target: GatedTarget): void {
    const stream = target.inProcess?.()
    if (stream) this.#own.set(target, stream)
    else target.inProcess = undefined
  }

  /** Returns the stream of a target that runs in the process. A stream that is not built yet is built at its first record. */
  #inProcess(decided: DecidedTarget): pino.DestinationStream {
    const { target, open } = decided
    const found = this.#own.get(target)
    if (!open && target.append) return found ? this.#flushAndAppend(found, target.append) : target.append
    if (found) return found
    const stream = lazily(() => {
      const opened = target.inProcess?.()
      return opened ? (Object.assign(opened, { ready: true }) as never) : this.#startWorker([decided])
    })
    this.#own.set(target, stream)
    return stream
  }

  /** Returns a stream that appends each line after the lines that were buffered while the target was open. */
  #flushAndAppend(stream: pino.DestinationStream & { flushSync?(): void }, append: pino.DestinationStream) {
    const flushing = this.#appends.get(append) ?? {
      write(line: string) {
        stream.flushSync?.()
        append.write(line)
      },
    }
    this.#appends.set(append, flushing)
    return flushing
  }

  #startWorker(targets: readonly DecidedTarget[]): ThreadStream {
    return startWorker(targets, this.#settings, this.#customLevels)
  }

  /**
   * Returns one worker for all targets, as long as they have the levels that were given to the worker. Otherwise each target gets
   * a worker of its own, because the level of a route can change and that of a target in a shared worker cannot.
   */
  #workers(targets: readonly DecidedTarget[], build: Build, isSeparate = false): Route[] {
    const start = (some: readonly DecidedTarget[]) => () => this.#startWorker(some)
    if (targets.length > 1 && !isSeparate) {
      let shared = this.#shared
      if (!shared || (shared.worker instanceof LazyTransport && !shared.worker.isStarted)) {
        if (shared) this.#known.delete(shared.worker)
        this.#shared = shared = { targets, worker: build(start(targets)) }
      }
      if (isSame(shared.targets, targets)) {
        return [{ level: Math.min(...targets.map(({ min }) => min)), stream: shared.worker }]
      }
    }
    return targets.map((decided) => {
      const worker = this.#own.get(decided.target) ?? build(start([decided]))
      this.#own.set(decided.target, worker)
      return { level: decided.min, stream: worker }
    })
  }

  /**
   * Joins the routes to one destination. On an open rank a single route is used directly, at no cost: pino itself checks the
   * level there, also if the program lowers it. A target's own level and a gate need a `RoutedStream`, which applies them
   * whatever the level of the logger or of a child is.
   */
  #join(routes: Route[], targets: readonly DecidedTarget[]): pino.DestinationStream {
    const [only] = routes
    if (only && routes.length === 1 && targets.some(({ open, hasOwnLevel }) => open && !hasOwnLevel)) return only.stream
    const { dedupe } = this.#settings
    return new RoutedStream(routes, this.#known, { dedupe, levels: this.#customLevels })
  }
}

function lazily(start: () => ThreadStream): LazyTransport {
  return new LazyTransport(start)
}

function isEmitter(stream: object): stream is NodeJS.EventEmitter {
  return 'emit' in stream && typeof stream.emit === 'function'
}

function isSame(one: readonly DecidedTarget[], other: readonly DecidedTarget[]): boolean {
  if (one.length !== other.length) return false
  return one.every(({ target, min }, i) => other[i]?.target === target && other[i].min === min)
}
