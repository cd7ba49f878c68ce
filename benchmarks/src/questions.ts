/** The question that a benchmark answers, and the notes on its page. */
export interface Question {
  question: string
  /** Rough duration in full size on two quiet cores, in minutes. */
  minutes: number
  /** How to read its tables, and what it needs. Each note is a paragraph of Markdown. */
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
  | 'trainer'
  | 'kill'
  | 'collectives'
  | 'ddp'

export const questions: Record<BenchmarkName, Question> = {
  gate: {
    question:
      'What does a log call cost on a gated rank and on an open one, and what does a rank cost before its first record?',
    minutes: 10,
    notes: [
      'A gated call is measured at a call site that has also called another logger. Otherwise V8 removes the call of a no-op, for pino and for us.',
      "The loggers of plain pino are those that a careful user has without our packages: pino's own `silent`, `pino.destination` as pino's documents advise (async, 4 KiB) and as it was fastest here (sync, 1 KiB), and `pino/file` that only rank 0 opens.",
      'Source: `src/call-cost.ts`, each sample a process of `src/call-rank.ts`; `src/start-cost.ts`, samples `src/start-esm.ts` and `src/start-cjs.cts`.',
    ],
  },
  job: {
    question: 'What does logging cost a job and its ranks, depending on where their lines are written?',
    minutes: 60,
    notes: [
      'Scenarios: `steps` (a data-parallel job with 1 to 100 lines per step), `a` and `c` (one rank, and all ranks into one file, as fast as they can), `b` (a call at 100 lines/s), `d` (until the first line is in the file), `e` (the steps of a job on a slow disk), `f` (a rank that is killed while it computes), `g` (one process, as fast as it can, for some seconds).',
      '`steps` compares jobs that write different amounts of lines on purpose: gated jobs write only the lines of rank 0. The gate alone saves the difference between "one file" and "rank 0 by hand". The rest is the difference between that and our sinks. The wait of 5 ms leaves the CPU idle, as the work of a GPU does. If the ranks of a job use all cores, each line costs more than this.',
      'Torn lines need long runs, because a worker writes its buffer in pieces of 4 MiB. `pino/file` into one file tears no line in the default runs of `steps`, but it did with `--world-sizes 4 --lines 100 --steps 600`.',
      'No sink can cost less than "join, encode, write" (`a`, `c`), which is the minimum for a stream on the calling thread, or than /dev/null (`e`), which is the cost of making the records without a disk.',
      '`e` needs root, a loop device, and cgroup v1 (blkio) or v2 (io.max) to slow the device down; its page cache takes 16 MiB (strict_limit, Linux 6.2). `g` needs root for a tmpfs. If these are missing, the table says so and has no figures.',
      'Source: `src/job.ts`, a file for each scenario in `src/job/`.',
    ],
  },
  writer: {
    question: 'What do the lines of a rank cost until they are in the file?',
    minutes: 10,
    notes: [
      "Measured from the first log call until the process has exited. The start of the process is not included; see `gate`. CPU is the time that bash's `time` reports for all threads until the exit, less the time that was used before the first log call.",
      'Rivals have the options that their own documents advise; pino-roll does not rotate. `pino.destination` with `sync` and a batch size loses its last batch at the exit if the program does not call `flushSync`, as pino documents. These lines count as lost.',
      'Source: `src/writer.ts`, the loggers `src/writers.ts`, ranks `src/writer-rank.ts`.',
    ],
  },
  memory: {
    question: 'What memory does a stream take while the disk is too slow for it, and how long does a log call wait?',
    minutes: 9,
    notes: [
      'Needs root, a loop device, and cgroup v1 (blkio) or v2 (io.max) to slow the device down. If these are missing, the table says so and has no figures. The disk is mounted `sync`. Otherwise the page cache would take minutes of lines before a write waits.',
      'Source: `src/memory.ts`.',
    ],
  },
  soak: {
    question: 'Is any line lost or torn that must not be, during random faults?',
    minutes: 5,
    notes: [
      'The fault "disk full" needs root, and "file size limited" needs `prlimit`. The first table shows which faults happened.',
      'Source: `src/soak.ts`, the faults `src/soak-faults.ts`, the verdict `src/soak-verdict.ts`.',
    ],
  },
  metrics: {
    question: 'What does a metric record cost until TensorBoard can read it?',
    minutes: 12,
    notes: [
      'Rivals are measured only if they are installed: `BENCH_PYTHON` is a Python with torch and tensorboardX (`python3 -m venv V && V/bin/pip install torch tensorboardX tensorboard`), `BENCH_TFJS` a folder with `@tensorflow/tfjs-node`. Without them their rows are missing.',
      "A rival writes fewer scalars, because it is slower. The start (import, opening the file) is not measured. `stream` does all of its work on the program's thread, `target` only the part of pino.",
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
      'Write to a tmpfs (`--dir /dev/shm`), so that the disk is not measured. It needs 6 GB there, and GNU sort, dd and time. DuckDB, polars and chDB are measured if `BENCH_PYTHON` has them, and hl if it is installed.',
      '`dd bs=256k` copies the same files one after another. It is the fair limit, because it reads and writes each byte through user space, as a program that parses lines must. A current `cat` copies inside the kernel (copy_file_range), and does not read the bytes.',
      'A busy core: a program that only computes runs on each core but one.',
      'Source: `src/merge.ts`, the commands `src/merge-tools.ts`, the data `src/merge-data.ts`.',
    ],
  },
  run: {
    question: 'What does it cost to have the lines of all ranks on one stdout, live?',
    minutes: 20,
    notes: [
      'The ranks and the reader are C programs, which are compiled first (`cc`). GNU parallel and mpirun are measured if they are installed, torchrun if `BENCH_PYTHON` has torch.',
      'Ranks, reader and tool share the cores, so a tool that uses more CPU time also slows the ranks. The tag that `--tag` puts before a line is ignored.',
      'Source: `src/run.ts`, ranks and reader `src/replay.c`; `src/run-node.ts` and `src/run-order.ts`, ranks `src/pino-loop.ts`.',
    ],
  },
  fuzz: {
    question: 'Does the scanner of the merge find what JSON.parse finds?',
    minutes: 10,
    notes: ['Source: `src/fuzz.ts`, the lines `src/fuzz-lines.ts`.'],
  },
  calls: {
    question: 'Do our loggers write, return and throw the same as plain pino, for random programs?',
    minutes: 10,
    notes: ['Source: `src/calls.ts`, its programs and loggers in `src/calls/`.'],
  },
  trainer: {
    question: 'What do metrics cost a training step of the example trainer?',
    minutes: 12,
    notes: [
      'The goals are relative to a step without metrics, and to fixed times of a call.',
      'Source: `src/trainer.ts`, its ranks in `src/trainer/`.',
    ],
  },
  kill: {
    question: 'Does a killed fit of the example trainer continue as if it had not been killed?',
    minutes: 10,
    notes: ['Source: `src/kill.ts`, the fit `src/kill/kill-fit.ts`.'],
  },
  collectives: {
    question: 'How long does the example trainer take to sum an array over the ranks?',
    minutes: 15,
    notes: [
      'Open MPI is measured if it is installed (`mpirun.openmpi`).',
      'The ranks share the cores, so a way that uses more CPU time, or that spins while it waits, also slows the others.',
      'Source: `src/collectives.ts`, its ranks in `src/collectives/`.',
    ],
  },
  ddp: {
    question: 'How much faster do two ranks of the example trainer train than one?',
    minutes: 15,
    notes: [
      'It needs two quiet cores. `BENCH_TFJS` is a folder with `@tensorflow/tfjs-node`, as `npm run setup:tfjs-native -- --dir FOLDER` makes one.',
      'Source: `src/ddp.ts`, its ranks `src/ddp/throughput-rank.ts`.',
    ],
  },
}

export const benchmarkNames: BenchmarkName[] = Object.keys(questions) as BenchmarkName[]
