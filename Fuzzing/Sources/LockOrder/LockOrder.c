// Tells the thread sanitizer of Swift's mutexes, as a library that is loaded before all others.
//
// On Linux, Synchronization.Mutex takes and leaves a lock that nobody else wants by an atomic operation in the program itself,
// which the sanitizer sees. Where two threads want it, it does so in a library that was built without the sanitizer, and the
// system hands it over: the sanitizer sees no order between the two then, and reports a race of whatever the mutex guards. So
// what the library does in that case is done here, with a word to the sanitizer.
#if defined(__linux__)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *mutex
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_order_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void lock_order_lock(uint32_t thread, SELF) {
    SWIFT void (*next)(uint32_t, SELF) = (SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK);
    next(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void lock_order_unlock(SELF) __asm__(UNLOCK);
SWIFT void lock_order_unlock(SELF) {
    SWIFT void (*next)(SELF) = (SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    next(mutex);
}
#endif
