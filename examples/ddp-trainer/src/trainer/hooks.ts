import type { Metrics } from '../metrics/metrics.ts'
import type { Callback, Hook, HookArguments } from './callback.ts'
import type { Module } from './module.ts'
import type { Trainer } from './trainer.ts'

type AnyHooks = Partial<Record<Hook, (...args: unknown[]) => unknown>>

/**
 * Calls hooks: those of the callbacks in their order, then that of the module. While a hook runs, log() is checked by its name.
 */
export class Hooks {
  readonly #trainer: Trainer
  readonly #module: Module
  readonly #callbacks: readonly Callback[]
  readonly #metrics: Metrics

  constructor(trainer: Trainer, module: Module, callbacks: readonly Callback[], metrics: Metrics) {
    this.#trainer = trainer
    this.#module = module
    this.#callbacks = callbacks
    this.#metrics = metrics
  }

  async call<H extends Hook>(name: H, ...args: HookArguments<H>): Promise<void> {
    const before = this.#enter(name)
    try {
      for (const call of this.#all(name, args)) await call()
    } finally {
      this.#metrics.hook = before
    }
  }

  /** Calls a hook under the gradient tape. @throws {Error} if it is async */
  callSync(name: 'onBeforeZeroGrad' | 'onBeforeBackward'): void {
    const isAsync = () => [...this.#all(name, [])].some((call) => call() instanceof Promise)
    if (this.run(name, isAsync)) throw new Error(`${name} must not be async, because it runs under the gradient tape`)
  }

  /** Runs a method of the module that is no hook of a callback, such as `trainingStep`. */
  run<T>(name: string, method: () => T): T {
    const before = this.#enter(name)
    try {
      return method()
    } finally {
      this.#metrics.hook = before
    }
  }

  /** Returns the name of the hook that is left. */
  #enter(name: string): string {
    const before = this.#metrics.hook
    this.#metrics.hook = name
    return before
  }

  *#all(name: Hook, args: readonly unknown[]): Generator<() => unknown> {
    const run = (callback: Callback) => () => (callback as AnyHooks)[name]?.(this.#trainer, this.#module, ...args)
    for (const callback of this.#callbacks) yield run(callback)
    yield () => (this.#module as AnyHooks)[name]?.(...args)
  }
}
