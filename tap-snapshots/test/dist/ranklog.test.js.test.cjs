/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/dist/ranklog.test.js > TAP > help > completions 1`] = `
ranklog completions: a script that completes commands and options in your shell

Usage: ranklog completions bash|zsh|fish

Options:
  -h, --help  this text

Examples:
  source <(ranklog completions bash)
      in ~/.bashrc

`

exports[`test/dist/ranklog.test.js > TAP > help > explain 1`] = `
ranklog explain: which rank a process is here, and which variables say so

Usage: ranklog explain [OPTIONS]

Options:
      --env FILE  an environment to look at: NAME=VALUE a line, /proc/PID/environ, or JSON; else our own
      --json      as JSON
  -h, --help      this text

Examples:
  mpirun -n 2 ranklog explain
      what mpirun’s ranks see
  ranklog explain --env /proc/4242/environ
      which rank a process is that runs

`

exports[`test/dist/ranklog.test.js > TAP > help > merge 1`] = `
ranklog merge: the logs of many ranks as one, in the order of time

Usage: ranklog merge [OPTIONS] PATH...

Options:
  -o, --output FILE  where to, outside of the folders that are read; stdout otherwise
      --force        allow --output there: the file gets a mark, and merge, tail and status skip it
      --dedup        what several ranks say in the same words stands once, with "ranks"
      --within MS    how far apart that may be, for --dedup (default: 1000)
      --reduce step  the metrics of a step of all ranks become one record: mean, min, max, sum, count
      --since TIME   nothing before this: ISO, ms since 1970, or 10m, 2h, 1d ago
      --until TIME   nothing from this on
      --level LEVEL  nothing below this level
      --ranks RANKS  these ranks only: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --label TEXT   before each line, e.g. "[{rank}] " or "{host}:{rank} "; the lines are no JSON then
      --pretty       for people, by pino-pretty, with the rank before each line
      --time NAME    the name of the time in a line; dots lead into objects (default: time)
      --memory MIB   memory for the merge, in MiB (default: 32)
  -h, --help         this text

Examples:
  ranklog merge logs/ -o all.log
      all ranks of a run, rotated files and attempts too
  ranklog merge logs/ --level warn --since 2h --label "[{rank}] "
      what went wrong lately
  ranklog merge logs/ --dedup
      the same start-up record of 64 ranks once
  ranklog merge logs/ --reduce step | jq .mean
      mean metrics of all ranks
  ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'
      quoted globs are ours to look up

`

exports[`test/dist/ranklog.test.js > TAP > help > ranklog 1`] = `
ranklog: the logs of many ranks as one

Usage: ranklog COMMAND [OPTIONS] PATHS

Commands:
  run         starts the ranks of a job; one ordered output of whole lines, and who failed first
  merge       the logs of many ranks as one, in the order of time
  tail        what all ranks log now, in order, each line with its rank; new ranks and attempts appear
  status      where each rank is: last step, steps a second, who holds the others, who is silent, errors
  explain     which rank a process is here, and which variables say so
  completions a script that completes commands and options in your shell

ranklog COMMAND --help shows its options, with examples.

`

exports[`test/dist/ranklog.test.js > TAP > help > run 1`] = `
ranklog run: starts the ranks of a job; one ordered output of whole lines, and who failed first

Usage: ranklog run [OPTIONS] -- PROGRAM [ARGS...]

Options:
  -n, --nproc N           ranks on this host (default: 1)
      --nnodes N          hosts; each of them runs this command (default: 1)
      --node-rank N       which of them this is (default: 0)
      --master HOST:PORT  where ranks meet (default: this host, a free port)
      --run-id ID         name of the run, for RANKLOG_RUN_ID (default: by chance)
      --max-restarts N    how often all ranks are started again after a failure (default: 0)
      --grace SECONDS     between SIGTERM and SIGKILL, after the first failure (default: 10)
      --log-dir DIR       a file for each rank, with all that it prints: DIR/out.rank-3.log
      --window MS         how long a line waits for silent ranks (default: 250, up to 2000 for busy ones)
      --label TEXT        before each line, e.g. "[{rank}] "; on a terminal the rank is there anyway
      --raw               the lines as they are on a terminal, too
      --json              who failed first as one line of JSON, on stderr
  -h, --help              this text

Examples:
  ranklog run -n 8 -- node train.js
      eight ranks, by the names of torchrun: RANK, LOCAL_RANK, WORLD_SIZE
  ranklog run -n 8 --log-dir logs -- python train.py
      any program; a file for each rank, too
  ranklog run -n 8 --max-restarts 3 -- node train.js
      start again, with the next attempt
  ranklog run -n 8 -- node train.js | jq .loss
      NDJSON for programs

`

exports[`test/dist/ranklog.test.js > TAP > help > status 1`] = `
ranklog status: where each rank is: last step, steps a second, who holds the others, who is silent, errors

Usage: ranklog status [OPTIONS] DIR

Options:
  -w, --watch          draw it again and again
      --every SECONDS  how often (default: 2)
      --plot FILE      step time by rank over the run, as SVG
      --json           as JSON, a line a rank
  -h, --help           this text

Examples:
  ranklog status logs/
      once; works while the job runs
  ranklog status -w logs/
      watch it
  ranklog status --plot steps.svg logs/
      see where one rank holds the others
  ranklog status --json logs/ | jq 'select(.state != "runs")'
      for programs

`

exports[`test/dist/ranklog.test.js > TAP > help > tail 1`] = `
ranklog tail: what all ranks log now, in order, each line with its rank; new ranks and attempts appear

Usage: ranklog tail [OPTIONS] DIR

Options:
  -n, --lines N      so many last lines of each rank first (default: 10)
      --level LEVEL  nothing below this level
      --ranks RANKS  these ranks only: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --window MS    how long a line waits for earlier ones of other ranks (default: 50)
      --raw          the lines as they are, without pino-pretty, labels and colours
  -h, --help         this text

Examples:
  ranklog tail logs/
      watch a run
  ranklog tail logs/ --level warn --ranks 0-7
      only what goes wrong, on one node
  ranklog tail --raw logs/ | jq .step
      for programs

`
