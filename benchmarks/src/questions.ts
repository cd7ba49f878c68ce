/** What a benchmark answers, and what its reader has to know. */
export interface Question {
  question: string
  /** Rough time in full size on two quiet cores, in minutes. */
  minutes: number
  /** How to read its tables, and what it needs; Markdown, a paragraph each. */
  notes: readonly string[]
}

export type BenchmarkName =
  | 'gate'
  | 'job'
  | 'writer'
  | 'memory'
  | 'soak'
  | 'metrics'
  | 'encoder'
  | 'merge'
  | 'run'
  | 'fuzz'
  | 'calls'

export const questions: Record<BenchmarkName, Question> = {
  gate: {
    question:
      'What does a log call cost where its rank is gated and where it is open, and what does a rank cost before its first record?',
    minutes: 10,
    notes: [
      'A gated call is measured at a call site that has seen another logger. One that only ever sees the no-op is compiled to nothing, for pino as for us.',
      "The plain cells are those that a careful user has without us: pino's own `silent`, `pino.destination` as pino's documents advise (async, 4 KiB) and as it was fastest here (sync, 1 KiB), `pino/file` opened by rank 0 alone, by hand.",
      'Source: `src/call-cost.ts`, each sample a process of `src/call-rank.ts`; `src/start-cost.ts`, samples `src/start-esm.ts` and `src/start-cjs.cts`.',
    ],
  },
  job: {
    question: 'What do a job and its ranks pay for where their lines are written?',
    minutes: 60,
    notes: [
      'Its scenarios: `steps` (a data-parallel job at 1 to 100 lines a step), `a` and `c` (one rank, and all ranks into one file, as fast as they can), `b` (a call at 100 lines/s), `d` (until the first line is in the file), `e` (the steps of a job whose disk is slow), `f` (a rank that is killed while it computes), `g` (one process, as fast as it can, for some seconds).',
      '`steps` compares jobs that write different amounts on purpose: gated jobs write the lines of rank 0. The gate alone saves the difference from "one file" to "rank 0 by hand"; the rest is the difference from there to ours. The wait of 5 ms leaves the CPU idle, as the step of a GPU does. A job whose ranks fill the cores pays more than this for each line.',
      "Torn lines need long runs: a worker's buffer is cut every 4 MiB, so `pino/file` into one file tears nothing in the default runs of `steps`, and did in `--world-sizes 4 --lines 100 --steps 600`.",
      '"join, encode, write" (`a`, `c`) is the least that a stream on the calling thread can cost; /dev/null (`e`) is what making the records costs without a disk. No sink gets below either.',
      '`e` needs root, a loop device, and cgroup v1 (blkio) or v2 (io.max) to slow it down; its page cache takes 16 MiB (strict_limit, Linux 6.2). `g` needs root for a tmpfs. Elsewhere they report so and have no figures.',
      'Source: `src/job.ts`, a file for each scenario in `src/job/`.',
    ],
  },
  writer: {
    question: 'What do the lines of a rank cost until they are in the file?',
    minutes: 10,
    notes: [
      "Measured from the first log call until the process has exited, not its start (that is `gate`). CPU is what bash's `time` reports of the process, all threads to their last moment, less what it had used before its first log call.",
      "Rivals have the options of their own documents; pino-roll is not made to rotate. `pino.destination` with `sync` and a batch size loses its last batch at the exit, because nobody calls `flushSync`: that is pino's rule, and it counts as lost.",
      'Source: `src/writer.ts`, the loggers `src/writers.ts`, ranks `src/writer-rank.ts`.',
    ],
  },
  memory: {
    question: 'What memory does a stream take while the disk is too slow for it, and how long does a log call wait?',
    minutes: 9,
    notes: [
      'Needs root, a loop device, and cgroup v1 (blkio) or v2 (io.max) to slow it down; elsewhere it reports so and has no figures. The disk is mounted `sync`: without that the page cache would take minutes of lines before a write waits.',
      'Source: `src/memory.ts`.',
    ],
  },
  soak: {
    question: 'Is any line lost or torn that may not be, whatever happens?',
    minutes: 5,
    notes: [
      'Without root there is no full disk, without `prlimit` no limited file size: the first table shows which faults there were.',
      'Source: `src/soak.ts`, the faults `src/soak-faults.ts`, the judge `src/soak-verdict.ts`.',
    ],
  },
  metrics: {
    question: 'What does a metric record cost until TensorBoard can read it?',
    minutes: 12,
    notes: [
      'Rivals are measured where they are: `BENCH_PYTHON` is a Python with torch and tensorboardX (`python3 -m venv V && V/bin/pip install torch tensorboardX tensorboard`), `BENCH_TFJS` a folder with `@tensorflow/tfjs-node`. Without them their rows are missing.',
      "A rival writes fewer scalars, because it is slower. Its start (import, opening) is not measured; neither is ours. `stream` has all of it on the thread of the program, `target` only pino's part.",
      'Source: `src/metrics.ts`, the writers `src/scalar-writers.ts` and `src/scalars.py`.',
    ],
  },
  encoder: {
    question: "How fast is the encoder of TensorBoard's events?",
    minutes: 4,
    notes: ['Source: `src/encoder.ts`, both encoders `src/encoder-rank.ts`.'],
  },
  merge: {
    question: 'What does it cost to merge the files of ranks?',
    minutes: 15,
    notes: [
      'Should write to a tmpfs (`--dir /dev/shm`), so that no disk is measured. It needs 6 GB there, and GNU sort, dd and time. DuckDB, polars and chDB are measured where `BENCH_PYTHON` has them, hl where it is installed.',
      "`dd bs=256k` copies the same files one after another: it reads and writes each byte through user space, as any program has to that looks at them, so it is the fair limit. `cat` of today copies inside of the system's kernel (copy_file_range): it neither reads nor writes.",
      'A busy core: a program that only computes, on each core but one.',
      'Source: `src/merge.ts`, the commands `src/merge-tools.ts`, the data `src/merge-data.ts`.',
    ],
  },
  run: {
    question: 'What does it cost to have the lines of all ranks on one stdout, live?',
    minutes: 20,
    notes: [
      'Its ranks and its reader in C are compiled first (`cc`). GNU parallel and mpirun are measured where they are installed, torchrun where `BENCH_PYTHON` has torch.',
      'Ranks, reader and tool share the cores: a tool that computes more leaves them less. A line of `--tag` is judged without its tag.',
      'Source: `src/run.ts`, ranks and reader `src/replay.c`; `src/run-node.ts` and `src/run-order.ts`, ranks `src/pino-loop.ts`.',
    ],
  },
  fuzz: {
    question: 'Does the scanner of the merge find what JSON.parse finds?',
    minutes: 10,
    notes: ['Source: `src/fuzz.ts`, the lines `src/fuzz-lines.ts`.'],
  },
  calls: {
    question: 'Do our loggers write, return and throw what plain pino does, whatever a program calls?',
    minutes: 10,
    notes: ['Source: `src/calls.ts`, its programs and loggers in `src/calls/`.'],
  },
}

export const benchmarkNames: BenchmarkName[] = Object.keys(questions) as BenchmarkName[]
