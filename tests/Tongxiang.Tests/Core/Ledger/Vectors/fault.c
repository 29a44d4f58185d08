/* Disk faults for segment files (*.seg), loaded with LD_PRELOAD.
   FAULT=eio:N     the N-th fdatasync and all later ones fail with EIO
   FAULT=full:N    the N-th write and all later ones fail with ENOSPC
   FAULT=cut       what was written reaches the file only with fdatasync: a kill then is a power cut */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static struct { char *bytes; size_t count; off_t at; } held[4096];
static int waiting, writes, flushes;

static int is_segment(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  return n > 4 && memcmp(path + n - 4, ".seg", 4) == 0;
}

static int limit(const char *kind) {
  const char *fault = getenv("FAULT");
  size_t n = strlen(kind);
  return fault && strncmp(fault, kind, n) == 0 ? atoi(fault + n) : 0;
}

static int cut(void) { const char *fault = getenv("FAULT"); return fault && strcmp(fault, "cut") == 0; }

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  if (!is_segment(fd)) return real(fd, bytes, count, at);
  int full = limit("full:");
  if (full && ++writes >= full) { errno = ENOSPC; return -1; }
  if (!cut()) return real(fd, bytes, count, at);
  if (waiting == 4096) abort();
  held[waiting].bytes = memcpy(malloc(count), bytes, count);
  held[waiting].count = count;
  held[waiting++].at = at;
  return count;
}

int fdatasync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  ssize_t (*write)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  if (!is_segment(fd)) return real(fd);
  int eio = limit("eio:");
  if (eio && ++flushes >= eio) { errno = EIO; return -1; }
  for (int i = 0; i < waiting; i++) {
    if (write(fd, held[i].bytes, held[i].count, held[i].at) != (ssize_t)held[i].count) abort();
    free(held[i].bytes);
  }
  waiting = 0;
  return real(fd);
}
