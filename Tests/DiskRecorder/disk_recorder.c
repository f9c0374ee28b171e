#define _GNU_SOURCE
#include "disk_recorder.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

// VFM_RECORD names the file that the record is appended to, VFM_RECORD_FOLDER the folder whose changes it tells: an
// absolute path without links. A call is a line of words between tabs, paths in full; the bytes of a write follow its line.
// Only calls that succeeded are there. So are the words on standard error: they tell when a save has been called done.

// One call at a time, so that the record has the order in which they took effect.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static const char *folder;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Takes the turn, for one call and its line.
static void begin(void) {
  pthread_mutex_lock(&turn);
  if (folder) return;
  const char *path = getenv("VFM_RECORD");
  folder = getenv("VFM_RECORD_FOLDER");
  if (path && folder) record = NEXT(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  else folder = "";
}

// Hands the turn on; what the call left in errno is the caller's.
static void end(int error) {
  pthread_mutex_unlock(&turn);
  errno = error;
}

static void put(const void *bytes, size_t count) {
  while (count > 0) {
    ssize_t done = NEXT(write)(record, bytes, count);
    if (done <= 0) abort();
    bytes = (const char *)bytes + done;
    count -= (size_t)done;
  }
}

__attribute__((format(printf, 1, 2))) static void note(const char *form, ...) {
  char line[3 * PATH_MAX];
  va_list values;
  va_start(values, form);
  int count = vsnprintf(line, sizeof line, form, values);
  va_end(values);
  put(line, (size_t)count);
}

static int is_below(const char *path) {
  size_t length = strlen(folder);
  return record >= 0 && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0);
}

// The path behind a descriptor; whether it lies in the folder.
static int path_of(int descriptor, char path[PATH_MAX]) {
  char link[64];
  if (record < 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_below(path);
}

// A path in full, without "//" and "/./"; whether it lies in the folder.
static int full_path(int directory, const char *given, char path[PATH_MAX]) {
  char base[PATH_MAX] = "", whole[2 * PATH_MAX];
  if (record < 0) return 0;
  if (given[0] != '/') {
    if (directory == AT_FDCWD) {
      if (!getcwd(base, sizeof base)) return 0;
    } else {
      path_of(directory, base);
    }
  }
  snprintf(whole, sizeof whole, "%s/%s", base, given);
  size_t count = 0;
  for (const char *part = strtok(whole, "/"); part; part = strtok(NULL, "/")) {
    if (strcmp(part, ".") == 0) continue;
    count += (size_t)snprintf(path + count, PATH_MAX - count, "/%s", part);
    if (count >= PATH_MAX) abort();
  }
  return is_below(path);
}

static int opened(int directory, const char *given, int flags, int result) {
  char path[PATH_MAX];
  int error = errno;
  if (result >= 0 && full_path(directory, given, path))
    note("open\t%d\t%d\t%d\t%d\t%s\n", getpid(), result, !!(flags & O_CREAT), !!(flags & O_TRUNC), path);
  end(error);
  return result;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }
#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    MODE(flags) begin(); \
    return opened(AT_FDCWD, path, flags, NEXT(name)(path, flags, mode)); \
  }
#define OPEN_AT(name) \
  int name(int directory, const char *path, int flags, ...) { \
    MODE(flags) begin(); \
    return opened(directory, path, flags, NEXT(name)(directory, path, flags, mode)); \
  }
#define CREATE(name) \
  int name(const char *path, mode_t mode) { \
    begin(); \
    return opened(AT_FDCWD, path, O_CREAT | O_TRUNC, NEXT(name)(path, mode)); \
  }
OPEN(open) OPEN(open64) OPEN_AT(openat) OPEN_AT(openat64) CREATE(creat) CREATE(creat64)

// Notes bytes that were written; from -1 on when they end where the descriptor stands.
static ssize_t written(int descriptor, const struct iovec *pieces, off_t offset, ssize_t result) {
  char path[PATH_MAX];
  int error = errno;
  if (result > 0 && (descriptor == STDERR_FILENO || path_of(descriptor, path))) {
    if (descriptor == STDERR_FILENO) {
      note("say\t%zd\n", result);
    } else {
      if (offset < 0) offset = lseek(descriptor, 0, SEEK_CUR) - result;
      note("write\t%d\t%d\t%lld\t%zd\n", getpid(), descriptor, (long long)offset, result);
    }
    size_t left = (size_t)result;
    for (const struct iovec *piece = pieces; left > 0; piece++) {
      size_t count = piece->iov_len < left ? piece->iov_len : left;
      put(piece->iov_base, count);
      left -= count;
    }
  }
  end(error);
  return result;
}

#define PIECE struct iovec piece = {(void *)bytes, count}
ssize_t write(int descriptor, const void *bytes, size_t count) {
  PIECE;
  begin();
  return written(descriptor, &piece, -1, NEXT(write)(descriptor, bytes, count));
}
ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
  begin();
  return written(descriptor, pieces, -1, NEXT(writev)(descriptor, pieces, count));
}
#define PWRITE(name, Offset) \
  ssize_t name(int descriptor, const void *bytes, size_t count, Offset offset) { \
    PIECE; \
    begin(); \
    return written(descriptor, &piece, offset, NEXT(name)(descriptor, bytes, count, offset)); \
  }
PWRITE(pwrite, off_t) PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, Offset) \
  int name(int descriptor, Offset size) { \
    char path[PATH_MAX]; \
    begin(); \
    int result = NEXT(name)(descriptor, size), error = errno; \
    if (result == 0 && path_of(descriptor, path)) \
      note("truncate\t%d\t%d\t%lld\n", getpid(), descriptor, (long long)size); \
    end(error); \
    return result; \
  }
TRUNCATE(ftruncate, off_t) TRUNCATE(ftruncate64, off64_t)

#define SYNC(name) \
  int name(int descriptor) { \
    char path[PATH_MAX]; \
    struct stat status; \
    begin(); \
    int result = NEXT(name)(descriptor), error = errno; \
    if (result == 0 && path_of(descriptor, path)) { \
      if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) note("syncFolder\t%s\n", path); \
      else note("sync\t%d\t%d\n", getpid(), descriptor); \
    } \
    end(error); \
    return result; \
  }
SYNC(fsync) SYNC(fdatasync)

// Notes a call that changes one name, or two.
static int named(const char *verb, int directory, const char *given, int other, const char *second, int result) {
  char path[PATH_MAX], to[PATH_MAX];
  int error = errno;
  if (result == 0) {
    int is_noted = full_path(directory, given, path);
    if (second && full_path(other, second, to)) is_noted = 1;
    if (is_noted && second) note("%s\t%s\t%s\n", verb, path, to);
    else if (is_noted) note("%s\t%s\n", verb, path);
  }
  end(error);
  return result;
}

#define CALL(name, ...) (begin(), NEXT(name)(__VA_ARGS__))
int rename(const char *from, const char *to) {
  return named("rename", AT_FDCWD, from, AT_FDCWD, to, CALL(rename, from, to));
}
int renameat(int a, const char *from, int b, const char *to) {
  return named("rename", a, from, b, to, CALL(renameat, a, from, b, to));
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
  return named(flags & RENAME_EXCHANGE ? "exchange" : "rename", a, from, b, to, CALL(renameat2, a, from, b, to, flags));
}
int link(const char *from, const char *to) {
  return named("link", AT_FDCWD, from, AT_FDCWD, to, CALL(link, from, to));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
  return named("link", a, from, b, to, CALL(linkat, a, from, b, to, flags));
}
int symlink(const char *to, const char *path) {
  return named("symlink", AT_FDCWD, path, 0, NULL, CALL(symlink, to, path));
}
int unlink(const char *path) { return named("unlink", AT_FDCWD, path, 0, NULL, CALL(unlink, path)); }
int unlinkat(int a, const char *path, int flags) {
  return named(flags & AT_REMOVEDIR ? "rmdir" : "unlink", a, path, 0, NULL, CALL(unlinkat, a, path, flags));
}
int remove(const char *path) { return named("unlink", AT_FDCWD, path, 0, NULL, CALL(remove, path)); }
int mkdir(const char *path, mode_t mode) { return named("mkdir", AT_FDCWD, path, 0, NULL, CALL(mkdir, path, mode)); }
int mkdirat(int a, const char *path, mode_t mode) {
  return named("mkdir", a, path, 0, NULL, CALL(mkdirat, a, path, mode));
}
int rmdir(const char *path) { return named("rmdir", AT_FDCWD, path, 0, NULL, CALL(rmdir, path)); }
