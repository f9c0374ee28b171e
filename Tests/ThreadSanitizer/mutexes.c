// Preloaded into programs that ThreadSanitizer watches: tells it how Swift's Mutex orders threads.
//
// The quick way through a Mutex is compiled into its user and seen. What a thread does when another holds it lies in
// libswiftSynchronization, which is not watched: without this file, what is guarded would be reported as soon as two
// threads met. The functions below stand before those of the library, which they call.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Swift passes the mutex as the context of a call.
#define SWIFT __attribute__((swiftcall))
#define MUTEX __attribute__((swift_context)) void *mutex

typedef SWIFT void Lock(uint32_t thread, MUTEX);
typedef SWIFT _Bool TryLock(MUTEX);
typedef SWIFT void Unlock(MUTEX);

// Absent from programs that are not watched.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

SWIFT void lock(uint32_t thread, MUTEX) __asm__(LOCK);
SWIFT void lock(uint32_t thread, MUTEX) {
  static Lock *original;
  if (!original) original = (Lock *)dlsym(RTLD_NEXT, LOCK);
  original(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT _Bool try_lock(MUTEX) __asm__(TRY_LOCK);
SWIFT _Bool try_lock(MUTEX) {
  static TryLock *original;
  if (!original) original = (TryLock *)dlsym(RTLD_NEXT, TRY_LOCK);
  _Bool is_locked = original(mutex);
  if (is_locked && __tsan_acquire) __tsan_acquire(mutex);
  return is_locked;
}

SWIFT void unlock(MUTEX) __asm__(UNLOCK);
SWIFT void unlock(MUTEX) {
  static Unlock *original;
  if (!original) original = (Unlock *)dlsym(RTLD_NEXT, UNLOCK);
  if (__tsan_release) __tsan_release(mutex);
  original(mutex);
}
