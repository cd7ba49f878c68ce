/* IMPORTANT
 * This snapshot file is auto-generated, but designed for humans.
 * It should be checked into source control and tracked carefully.
 * Re-generate by setting TAP_SNAPSHOT=1 and running tests.
 * Make sure to inspect the output below.  Do not ignore changes!
 */
'use strict'
exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > completions 1`] = `
ranklog completions: print the completion script for a shell

Usage: ranklog completions bash|zsh|fish

Options:
  -h, --help  show this help

Examples:
  source <(ranklog completions bash)
      turns completions on, in ~/.bashrc

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > explain 1`] = `
ranklog explain: show which rank a process is and which environment variables define it

Usage: ranklog explain [OPTIONS]

Options:
      --env FILE  read the environment from FILE: NAME=VALUE lines, /proc/PID/environ or JSON (default: that of ranklog)
      --json      write JSON
  -h, --help      show this help

Examples:
  mpirun -n 2 ranklog explain
      shows the rank of each process that mpirun starts
  ranklog explain --env /proc/4242/environ
      shows the rank of a running process

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > merge 1`] = `
ranklog merge: merge the logs of many ranks in time order

Usage: ranklog merge [OPTIONS] PATH...

Options:
  -o, --output FILE         write to FILE, which must not be in a folder that is read (default: stdout)
      --force               allow such a FILE: it gets a mark with which merge, tail and status skip it
      --dedup               write duplicate records of several ranks once, with the field "ranks"
      --within MS           for --dedup: maximum time between duplicates (default: 1000)
      --reduce step         merge the metrics of each step into one record: mean, min, max, sum, count
      --since TIME          write only records from this time on: ISO 8601, s or ms since 1970, or a time ago such as 10m, 2h, 1d
      --until TIME          write only records before this time
      --level LEVEL         write only records of this level and above
      --ranks RANKS         read only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --label TEXT          label in front of each line, for example "[{rank}] " or "{host}:{rank} "; the output is then not JSON
      --pretty              write readable records with pino-pretty, each with its rank
      --time [SOURCE=]NAME  name of the field with the time, for all logs or for a SOURCE: ranks or a file name (default: time)
      --memory MIB          memory for the merge, in MiB (default: 32)
  -h, --help                show this help

Examples:
  ranklog merge logs/ -o all.log
      merges all ranks of a run, with rotated files and attempts
  ranklog merge logs/ --level warn --since 2h --label "[{rank}] "
      shows warnings and errors of the last two hours
  ranklog merge logs/ --dedup
      writes the start-up record of 64 ranks once
  ranklog merge logs/ --reduce step | jq .mean
      shows the mean metrics of all ranks
  ranklog merge 'logs/*.log.gz' | jq 'select(.step == 49)'
      a quoted glob is expanded by ranklog

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > ranklog 1`] = `
ranklog: runs jobs of many ranks and reads their logs as one

Usage: ranklog COMMAND [OPTIONS] PATHS

Commands:
  run         start the ranks of a job, merge their output and report which rank failed first
  merge       merge the logs of many ranks in time order
  tail        follow the logs of all ranks in time order, including new ranks and attempts
  status      show each rank's last step, steps per second and errors, and which ranks are slow or silent
  explain     show which rank a process is and which environment variables define it
  completions print the completion script for a shell

ranklog COMMAND --help shows the options of a command, with examples.

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > run 1`] = `
ranklog run: start the ranks of a job, merge their output and report which rank failed first

Usage: ranklog run [OPTIONS] PROGRAM [ARGS...]

Options:
  -n, --nproc N           number of ranks on this host (default: 1); also --nproc-per-node, -np, --np
      --nnodes N          number of hosts; run this command on each of them (default: 1)
      --node-rank N       number of this host, from 0 (default: 0)
      --master HOST:PORT  MASTER_ADDR and MASTER_PORT of the ranks (default: this host, a free port)
      --run-id ID         ID of the run, RANKLOG_RUN_ID (default: random)
      --max-restarts N    how often to restart all ranks after a failure (default: 0)
      --grace SECONDS     time between SIGTERM and SIGKILL after the first failure (default: 10)
      --log-dir DIR       also write the output of each rank to a file, for example DIR/out.rank-3.log
      --window MS         how long a line waits for earlier lines of silent ranks (default: 250, up to 2000 for busy ones)
      --label TEXT        label in front of each line, for example "[{rank}] " (default on a terminal: the rank)
      --raw               write lines to a terminal unchanged, with control characters
      --json              report the rank that failed first as one line of JSON, on stderr
  -h, --help              show this help

Examples:
  ranklog run -n 8 node train.js
      starts eight ranks with torchrun's variables: RANK, LOCAL_RANK, WORLD_SIZE
  ranklog run -n 8 --log-dir logs python train.py
      starts any program, and also writes one file per rank
  ranklog run -n 8 --max-restarts 3 node train.js
      restarts all ranks after a failure, as the next attempt
  ranklog run -n 8 node train.js | jq .loss
      writes NDJSON for other programs

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > status 1`] = `
ranklog status: show each rank's last step, steps per second and errors, and which ranks are slow or silent

Usage: ranklog status [OPTIONS] DIR

Options:
  -w, --watch               repeat until interrupted
      --every SECONDS       interval of --watch (default: 2)
      --plot FILE           write a chart of the step time of each rank, as SVG
      --json                write JSON, one line per rank
      --ranks RANKS         read only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --time [SOURCE=]NAME  name of the field with the time, for all logs or for a SOURCE: ranks or a file name (default: time)
  -a, --all                 also show earlier runs in the same folder
  -h, --help                show this help

Examples:
  ranklog status logs/
      shows the status once; works while the job runs
  ranklog status -w logs/
      shows the status every 2 seconds
  ranklog status --plot steps.svg logs/
      draws where one rank delays the others
  ranklog status --json logs/ | jq 'select(.state != "runs")'
      writes JSON for other programs

`

exports[`test/dist/ranklog-help.own-process.test.js > TAP > --help prints the help text of each command > tail 1`] = `
ranklog tail: follow the logs of all ranks in time order, including new ranks and attempts

Usage: ranklog tail [OPTIONS] DIR

Options:
  -n, --lines N             start with the last N lines of each log (default: 10)
      --level LEVEL         show only records of this level and above
      --ranks RANKS         read only these ranks: a rank set such as 0-3,7 or 1- or 0-63/8 or '*' or local:0
      --time [SOURCE=]NAME  name of the field with the time, for all logs or for a SOURCE: ranks or a file name (default: time)
      --window MS           how long a line waits for earlier lines of other ranks (default: 50)
      --raw                 write lines unchanged, without pino-pretty, labels and colours
  -h, --help                show this help

Examples:
  ranklog tail logs/
      follows a run
  ranklog tail logs/ --level warn --ranks 0-7
      shows only warnings and errors of the first eight ranks
  ranklog tail --raw logs/ | jq .step
      writes NDJSON for other programs

`
