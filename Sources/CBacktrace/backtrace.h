#pragma once
#include <execinfo.h>
#include <sys/syscall.h>
#include <unistd.h>

// Writes the calls that the calling thread is in to a file, a line each: file(name+offset) [address].
static inline void backtrace_write(int descriptor) {
  void *calls[64];
  backtrace_symbols_fd(calls, backtrace(calls, 64), descriptor);
}

// Sends a signal to one thread of this process.
static inline int backtrace_signal(int thread, int number) {
  return (int)syscall(SYS_tgkill, getpid(), thread, number);
}

// The number of the calling thread.
static inline int backtrace_thread(void) { return (int)syscall(SYS_gettid); }
