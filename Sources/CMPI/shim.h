// MPI, by which the processes of a run talk to each other. Calls of MPI 3 alone, so that Open MPI and MPICH both serve.
//
// All functions give MPI's code: 0 for success.
#pragma once
#include <stdint.h>
#include <string.h>

#if __has_include(<mpi.h>) && !defined(VFM_NO_MPI)
#include <mpi.h>

#define VFM_MPI_IS_BUILT_IN 1

/// Something that is under way; a struct, since MPI's own type is a pointer in one library and a number in another.
typedef struct {
  MPI_Request mpi;
} vfm_request;

/// Processes that hear each other.
typedef struct {
  MPI_Comm mpi;
} vfm_communicator;

/// Starts MPI; all later calls come from this thread. Heartbeats get a communicator of their own, so that they never meet
/// other messages.
static inline int vfm_mpi_start(int *rank, int *count, vfm_communicator *heartbeats) {
  int level;
  int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
  if (code) return code;
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, count);
  code = MPI_Comm_dup(MPI_COMM_WORLD, &heartbeats->mpi);
  if (!code) MPI_Comm_set_errhandler(heartbeats->mpi, MPI_ERRORS_RETURN);
  return code;
}

static inline int vfm_mpi_finish(void) { return MPI_Finalize(); }
static inline void vfm_mpi_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

/// The words of a code.
static inline void vfm_mpi_words(int code, char words[256]) {
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(code, text, &length)) length = 0;
  if (length > 255) length = 255;
  memcpy(words, text, length);
  words[length] = 0;
}

/// The name and version of the library.
static inline void vfm_mpi_library(char words[256]) {
  char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(text, &length);
  if (length > 255) length = 255;
  memcpy(words, text, length);
  words[length] = 0;
}

/// Whether something is done.
static inline int vfm_mpi_test(vfm_request *request, int *done) {
  return MPI_Test(&request->mpi, done, MPI_STATUS_IGNORE);
}

/// Gives every process what each of them has, of `counts` bytes at `places` of `all`; own bytes are there already.
static inline int vfm_mpi_gather(
    void *all, const int *counts, const int *places, vfm_request *request) {
  return MPI_Iallgatherv(
      MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, places, MPI_BYTE, MPI_COMM_WORLD, &request->mpi);
}

/// The same of floats.
static inline int vfm_mpi_gather_floats(
    float *all, const int *counts, const int *places, vfm_request *request) {
  return MPI_Iallgatherv(
      MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, counts, places, MPI_FLOAT, MPI_COMM_WORLD, &request->mpi);
}

/// Sends a process `count` elements of `size` bytes, 2 or 4.
static inline int vfm_mpi_send(const void *from, int count, int size, int to, vfm_request *request) {
  MPI_Datatype type = size == 2 ? MPI_UINT16_T : MPI_FLOAT;
  return MPI_Isend(from, count, type, to, 0, MPI_COMM_WORLD, &request->mpi);
}
/// Takes them from a process.
static inline int vfm_mpi_take(void *to, int count, int size, int from, vfm_request *request) {
  MPI_Datatype type = size == 2 ? MPI_UINT16_T : MPI_FLOAT;
  return MPI_Irecv(to, count, type, from, 0, MPI_COMM_WORLD, &request->mpi);
}

/// Adds up `from` of all processes, in an order of MPI's choice, and gives each its stretch of the sum.
static inline int vfm_mpi_reduce(
    const float *from, float *to, const int *counts, vfm_request *request) {
  return MPI_Ireduce_scatter(from, to, counts, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD, &request->mpi);
}

/// A sign of life.
static inline int vfm_mpi_send_heartbeat(
    const int *word, int to, vfm_communicator heartbeats, vfm_request *request) {
  return MPI_Isend(word, 1, MPI_INT, to, 0, heartbeats.mpi, &request->mpi);
}
static inline int vfm_mpi_take_heartbeat(
    int *word, int from, vfm_communicator heartbeats, vfm_request *request) {
  return MPI_Irecv(word, 1, MPI_INT, from, 0, heartbeats.mpi, &request->mpi);
}
/// Gives up what is under way, so that MPI can end.
static inline void vfm_mpi_cancel(vfm_request *request) {
  MPI_Cancel(&request->mpi);
  MPI_Wait(&request->mpi, MPI_STATUS_IGNORE);
}

#else

#define VFM_MPI_IS_BUILT_IN 0

typedef struct {
  int none;
} vfm_request;
typedef struct {
  int none;
} vfm_communicator;

static inline int vfm_mpi_start(int *rank, int *count, vfm_communicator *h) {
  return *rank = 0, *count = 1, -1;
}
static inline int vfm_mpi_finish(void) { return -1; }
static inline void vfm_mpi_abort(int code) {}
static inline void vfm_mpi_words(int code, char words[256]) { strcpy(words, "this build has no MPI"); }
static inline void vfm_mpi_library(char words[256]) { strcpy(words, "none"); }
static inline int vfm_mpi_test(vfm_request *request, int *done) { return -1; }
static inline int vfm_mpi_gather(void *a, const int *c, const int *p, vfm_request *r) { return -1; }
static inline int vfm_mpi_gather_floats(float *a, const int *c, const int *p, vfm_request *r) { return -1; }
static inline int vfm_mpi_send(const void *f, int c, int size, int to, vfm_request *r) { return -1; }
static inline int vfm_mpi_take(void *t, int c, int size, int from, vfm_request *r) { return -1; }
static inline int vfm_mpi_reduce(const float *f, float *t, const int *c, vfm_request *r) { return -1; }
static inline int vfm_mpi_send_heartbeat(const int *w, int to, vfm_communicator h, vfm_request *r) {
  return -1;
}
static inline int vfm_mpi_take_heartbeat(int *w, int from, vfm_communicator h, vfm_request *r) {
  return -1;
}
static inline void vfm_mpi_cancel(vfm_request *r) {}

#endif
