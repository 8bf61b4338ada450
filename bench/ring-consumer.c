// The yardstick of bench/ring.ts: reads a ring buffer with libbpf for some seconds, and prints how many records it got.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static unsigned long records, sum;

static int on_record(void *context, void *data, size_t size)
{
  (void)context;
  records++;
  sum += *(unsigned long *)data + size;
  return 0;
}

static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
  if (argc != 3)
    return 2;
  struct ring_buffer *ring = ring_buffer__new(bpf_map_get_fd_by_id(atoi(argv[1])), on_record, NULL, NULL);
  if (!ring)
    return 1;
  puts("ready");
  fflush(stdout);
  for (double end = now() + atof(argv[2]); now() < end;)
    ring_buffer__consume(ring);
  printf("%lu %lu\n", records, sum);
  ring_buffer__free(ring);
  return 0;
}
