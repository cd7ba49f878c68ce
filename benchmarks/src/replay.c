/*
 * The writer and the reader for the benchmark of `ranklog run`. They are in C, so that they cost little themselves.
 *
 *   replay write RATE LINES   prints LINES pino lines of 150 bytes, RATE lines per second (0: as fast as it can).
 *                             It writes a batch every half millisecond, or every 16 KiB.
 *   replay read               reads the merged lines, checks them, and prints the counts as JSON.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { line_bytes = 150, batch_bytes = 16384, max_ranks = 1024, max_us = 10000000, read_bytes = 1 << 18 };

/* Offsets that give all numbers the same length, because JSON has no leading zeros. */
static const uint64_t first_seq = 1000000000, first_us = 1000000000000;

static uint64_t us_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int number_of_env(const char *const *names) {
  for (; *names; names++)
    if (getenv(*names)) return atoi(getenv(*names));
  return 0;
}

static void print_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(1, bytes, length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) exit(4);
    bytes += count;
    length -= count;
  }
}

/* A line in the form of pino. Only its digits change. */
static struct {
  char bytes[line_bytes + 1];
  char *time, *seq, *us;
} line;

static void make_line(int rank) {
  int length = sprintf(line.bytes,
                       "{\"level\":30,\"time\":%013d,\"pid\":%d,\"hostname\":\"node-00\",\"rank\":%d,\"seq\":%010d,"
                       "\"us\":%013d,\"msg\":\"", 0, 41000 + rank, rank, 0, 0);
  memset(line.bytes + length, 'x', line_bytes - 3 - length);
  memcpy(line.bytes + line_bytes - 3, "\"}\n", 3);
  line.time = strstr(line.bytes, "\"time\":") + 7;
  line.seq = strstr(line.bytes, "\"seq\":") + 6;
  line.us = strstr(line.bytes, "\"us\":") + 5;
}

static void put_digits(char *to, int digits, uint64_t number) {
  while (digits > 0) {
    to[--digits] = '0' + number % 10;
    number /= 10;
  }
}

static int write_lines(double rate, long lines) {
  static char batch[batch_bytes + line_bytes + 1];
  const char *const names[] = {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "RANK", "PARALLEL_SEQ", "PMI_ID", NULL};
  int rank = number_of_env(names);
  make_line(rank);
  uint64_t start = us_of(CLOCK_MONOTONIC);
  for (long seq = 0; seq < lines;) {
    uint64_t us = us_of(CLOCK_MONOTONIC), wall_us = us_of(CLOCK_REALTIME);
    long due = rate > 0 ? (long)((us - start) * rate / 1e6) + 1 : lines;
    if (due > lines) due = lines;
    size_t length = 0;
    put_digits(line.time, 13, wall_us / 1000);
    put_digits(line.us, 13, first_us + us);
    for (; seq < due && length + line_bytes <= batch_bytes; seq++, length += line_bytes) {
      put_digits(line.seq, 10, first_seq + seq);
      memcpy(batch + length, line.bytes, line_bytes);
    }
    if (length > 0) print_all(batch, length);
    else usleep(rate > 1000 ? 500 : 1000);
  }
  return 0;
}

static struct {
  long lines, torn, out_of_order, inversions;
  uint64_t last_time, largest_inversion_ms, first_us, end_us, bytes;
  long next_seq[max_ranks];
  uint32_t latencies[max_us + 1];
} seen;

/* Parses a text and a number after it. digits is the number of digits; 0 means any number up to five. Returns 0 on failure. */
static int take(const char **at, const char *text, int digits, uint64_t *number) {
  size_t length = strlen(text);
  if (memcmp(*at, text, length)) return 0;
  *at += length;
  *number = 0;
  for (int max = digits > 0 ? digits : 5; max > 0 && **at >= '0' && **at <= '9'; max--, digits--)
    *number = 10 * *number + (*(*at)++ - '0');
  return digits <= 0;
}

static int is_record(const char *at, uint64_t *time, uint64_t *rank, uint64_t *seq, uint64_t *us) {
  static const char xs[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
  const char *end = at + line_bytes - 3;
  uint64_t pid;
  return take(&at, "{\"level\":30,\"time\":", 13, time) && take(&at, ",\"pid\":", 5, &pid) &&
         take(&at, ",\"hostname\":\"node-00\",\"rank\":", 0, rank) && take(&at, ",\"seq\":", 10, seq) &&
         take(&at, ",\"us\":", 13, us) && !memcmp(at, ",\"msg\":\"", 8) && pid == 41000 + *rank &&
         !memcmp(at + 8, xs, end - at - 8) && !memcmp(end, "\"}", 2);
}

/* Checks a line. A text that a tool has put before the record is skipped. */
static void see_line(const char *line, size_t length, uint64_t now) {
  const char *record = memchr(line, '{', length);
  uint64_t time, rank, seq, us;
  seen.lines++;
  if (!record || line + length - record != line_bytes - 1 || !is_record(record, &time, &rank, &seq, &us) ||
      rank >= max_ranks) {
    seen.torn++;
    return;
  }
  us -= first_us;
  if (time < seen.last_time) {
    seen.inversions++;
    if (seen.last_time - time > seen.largest_inversion_ms) seen.largest_inversion_ms = seen.last_time - time;
  } else
    seen.last_time = time;
  if (seq - first_seq != (uint64_t)seen.next_seq[rank]) seen.out_of_order++;
  seen.next_seq[rank] = seq - first_seq + 1;
  uint64_t latency = now > us ? now - us : 0;
  seen.latencies[latency > max_us ? max_us : latency]++;
  if (!seen.first_us || us < seen.first_us) seen.first_us = us;
}

static double latency_ms(double share, long lines) {
  long count = 0;
  for (int us = 0; us <= max_us; us++)
    if ((count += seen.latencies[us]) >= share * lines) return us / 1e3;
  return 0;
}

static int read_lines(void) {
  static char held[2 * read_bytes + 1];
  size_t length = 0;
  for (ssize_t count; (count = read(0, held + length, read_bytes)) > 0;) {
    uint64_t now = us_of(CLOCK_MONOTONIC);
    length += count;
    seen.bytes += count;
    seen.end_us = now;
    char *line = held, *end;
    for (; (end = memchr(line, '\n', held + length - line)); line = end + 1) see_line(line, end - line, now);
    length -= line - held;
    if (length > read_bytes) exit(5);
    memmove(held, line, length);
  }
  long good = seen.lines - seen.torn;
  printf("{\"lines\":%ld,\"torn\":%ld,\"outOfOrder\":%ld,\"inversions\":%ld,\"largestInversionMs\":%llu,\"seconds\":%.4f,"
         "\"p50\":%.3f,\"p99\":%.3f,\"max\":%.3f}\n",
         seen.lines, seen.torn + (length > 0), seen.out_of_order, seen.inversions,
         (unsigned long long)seen.largest_inversion_ms, (seen.end_us - seen.first_us) / 1e6, latency_ms(.5, good),
         latency_ms(.99, good), latency_ms(1, good));
  return 0;
}

int main(int count, char **given) {
  if (count == 4 && !strcmp(given[1], "write")) return write_lines(atof(given[2]), atol(given[3]));
  if (count == 2 && !strcmp(given[1], "read")) return read_lines();
  fputs("replay write RATE LINES | replay read\n", stderr);
  return 2;
}
