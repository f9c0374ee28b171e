#define _GNU_SOURCE
#include "faulty_disk.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// VFM_FAULT="CALL NUMBER COUNT TEXT": the call, "open" or "pread", of a file whose path ends in TEXT fails with the error
// number, COUNT times; -1 for ever. With the number 0 it never returns. What is opened by its number in /proc/self/fd counts by the path behind it.
static atomic_int left = -2;
static char call[16], text[512];
static int number;

static void read_wish(void) {
  const char *wish = getenv("VFM_FAULT");
  int count = 0;
  if (wish && sscanf(wish, "%15s %d %d %511[^\n]", call, &number, &count, text) == 4) left = count;
  else left = 0;
}

static int ends_in_text(const char *path) {
  size_t length = strlen(path), wanted = strlen(text);
  return length >= wanted && strcmp(path + length - wanted, text) == 0;
}

// Whether a call is to fail; a descriptor stands for its path.
static int fails(const char *name, const char *path, int descriptor) {
  char link[64], place[4096];
  if (left == -2) read_wish();
  if (left == 0 || strcmp(name, call) != 0) return 0;
  if (!path) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    path = link;
  }
  if (strncmp(path, "/proc/self/fd/", 14) == 0) {
    ssize_t length = readlink(path, place, sizeof place - 1);
    if (length < 0) return 0;
    place[length] = 0;
    path = place;
  }
  if (!ends_in_text(path)) return 0;
  if (left > 0) left--;
  while (number == 0) pause();
  errno = number;
  return 1;
}

static int forwarded_open(const char *symbol, const char *path, int flags, mode_t mode) {
  int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, symbol);
  return next(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fails("open", path, -1) ? -1 : forwarded_open("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fails("open", path, -1) ? -1 : forwarded_open("open64", path, flags, mode);
}

ssize_t pread(int descriptor, void *buffer, size_t count, off_t offset) {
  ssize_t (*next)(int, void *, size_t, off_t) = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread");
  return fails("pread", NULL, descriptor) ? -1 : next(descriptor, buffer, count, offset);
}

ssize_t pread64(int descriptor, void *buffer, size_t count, off64_t offset) {
  ssize_t (*next)(int, void *, size_t, off64_t) =
      (ssize_t(*)(int, void *, size_t, off64_t))dlsym(RTLD_NEXT, "pread64");
  return fails("pread", NULL, descriptor) ? -1 : next(descriptor, buffer, count, offset);
}
