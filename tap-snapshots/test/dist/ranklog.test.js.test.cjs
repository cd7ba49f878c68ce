/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/dist/ranklog.test.js > TAP > help > completions 1`] = `
ranklog completions: print the completion script for a shell

Usage: ranklog completions bash|zsh|fish

Options:
  -h, --help  show this help

Examples:
  source <(ranklog completions bash)
      in ~/.bashrc

`

exports[`test/dist/ranklog.test.js > TAP > help > explain 1`] = `
ranklog explain: show which rank a process is, and the environment variables that define it

Usage: ranklog explain [OPTIONS]

Options:
      --env FILE  read the environment from FILE: NAME=VALUE lines, /proc/PID/environ or JSON (default: that of ranklog)
      --json      write JSON
  -h, --help      show this help

Examples:
  mpirun -n 2 ranklog explain
      what mpirun’s ranks see
  ranklog explain --env /proc/4242/environ
      the rank of a running process

`

exports[`test/dist/ranklog.test.js > TAP > help > merge 1`] = `
ranklog merge: merge the logs of many ranks in time order

Usage: ranklog merge [OPTIONS] PATH...

Options:
  -o, --output FILE         write to FILE, outside of the folders that are read (default: stdout)
      --force               allow --output there: the file gets a mark, and merge, tail and status skip it
      --dedup               write a record that several ranks logged once, with "ranks"
      --within MS           for --dedup: how far apart such records may be (default: 1000)
      --reduce step         merge the metrics of each step into one record: mean, min, max, sum, count
      --since TIME          only records from this time on: ISO, s or ms since 1970, or 10m, 2h, 1d ago
      --until TIME          only records before this time
      --level LEVEL         only records of this level and above
      --ranks RANKS         only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --label TEXT          prefix of each line, e.g. "[{rank}] " or "{host}:{rank} "; the output is then not JSON
      --pretty              readable records, by pino-pretty, each with its rank
      --time [SOURCE=]NAME  the name of the time in lines, of all logs or of a SOURCE: ranks or a file name (default: time)
      --memory MIB          memory for the merge, in MiB (default: 32)
  -h, --help                show this help

Examples:
  ranklog merge logs/ -o all.log
      all ranks of a run, rotated files and attempts too
  ranklog merge logs/ --level warn --since 2h --label "[{rank}] "
      warnings and errors of the last two hours
  ranklog merge logs/ --dedup
      the start-up record of 64 ranks once
  ranklog merge logs/ --reduce step | jq .mean
      mean metrics of all ranks
  ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'
      a quoted glob is expanded by ranklog

`

exports[`test/dist/ranklog.test.js > TAP > help > ranklog 1`] = `
ranklog: run jobs of many ranks, and read their logs as one

Usage: ranklog COMMAND [OPTIONS] PATHS

Commands:
  run         start the ranks of a job, merge their output, and report which rank failed first
  merge       merge the logs of many ranks in time order
  tail        follow the logs of all ranks in time order, including new ranks and attempts
  status      show each rank's last step, steps per second and errors, and which ranks are slow or silent
  explain     show which rank a process is, and the environment variables that define it
  completions print the completion script for a shell

ranklog COMMAND --help shows its options, with examples.

`

exports[`test/dist/ranklog.test.js > TAP > help > run 1`] = `
ranklog run: start the ranks of a job, merge their output, and report which rank failed first

Usage: ranklog run [OPTIONS] PROGRAM [ARGS...]

Options:
  -n, --nproc N           ranks on this host (default: 1); also --nproc-per-node, -np, --np
      --nnodes N          number of hosts; run this command on each of them (default: 1)
      --node-rank N       number of this host, from 0 (default: 0)
      --master HOST:PORT  MASTER_ADDR and MASTER_PORT of the ranks (default: this host, a free port)
      --run-id ID         id of the run, RANKLOG_RUN_ID (default: random)
      --max-restarts N    how often all ranks are restarted after a failure (default: 0)
      --grace SECONDS     time between SIGTERM and SIGKILL after the first failure (default: 10)
      --log-dir DIR       write the output of each rank to a file, too: DIR/out.rank-3.log
      --window MS         how long a line waits for earlier lines of silent ranks (default: 250, up to 2000 for busy ones)
      --label TEXT        prefix of each line, e.g. "[{rank}] " (default on a terminal: the rank)
      --raw               write lines to a terminal unchanged, with control characters
      --json              report the first failure as one line of JSON, on stderr
  -h, --help              show this help

Examples:
  ranklog run -n 8 node train.js
      eight ranks with torchrun's variables: RANK, LOCAL_RANK, WORLD_SIZE
  ranklog run -n 8 --log-dir logs python train.py
      any program; also one file per rank
  ranklog run -n 8 --max-restarts 3 node train.js
      restart all ranks after a failure, as the next attempt
  ranklog run -n 8 node train.js | jq .loss
      NDJSON for other programs

`

exports[`test/dist/ranklog.test.js > TAP > help > status 1`] = `
ranklog status: show each rank's last step, steps per second and errors, and which ranks are slow or silent

Usage: ranklog status [OPTIONS] DIR

Options:
  -w, --watch               repeat until interrupted
      --every SECONDS       interval of --watch (default: 2)
      --plot FILE           write a chart of the step time of each rank, as SVG
      --json                write JSON, one line per rank
      --ranks RANKS         only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --time [SOURCE=]NAME  the name of the time in lines, of all logs or of a SOURCE: ranks or a file name (default: time)
  -a, --all                 show earlier runs in the same folder, too
  -h, --help                show this help

Examples:
  ranklog status logs/
      once; works while the job runs
  ranklog status -w logs/
      repeat every 2 seconds
  ranklog status --plot steps.svg logs/
      see where one rank delays the others
  ranklog status --json logs/ | jq 'select(.state != "runs")'
      JSON for other programs

`

exports[`test/dist/ranklog.test.js > TAP > help > tail 1`] = `
ranklog tail: follow the logs of all ranks in time order, including new ranks and attempts

Usage: ranklog tail [OPTIONS] DIR

Options:
  -n, --lines N             start with the last N lines of each rank (default: 10)
      --level LEVEL         only records of this level and above
      --ranks RANKS         only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --time [SOURCE=]NAME  the name of the time in lines, of all logs or of a SOURCE: ranks or a file name (default: time)
      --window MS           how long a line waits for earlier lines of other ranks (default: 50)
      --raw                 write lines unchanged, without pino-pretty, labels and colours
  -h, --help                show this help

Examples:
  ranklog tail logs/
      follow a run
  ranklog tail logs/ --level warn --ranks 0-7
      only warnings and errors of the first eight ranks
  ranklog tail --raw logs/ | jq .step
      NDJSON for other programs

`
