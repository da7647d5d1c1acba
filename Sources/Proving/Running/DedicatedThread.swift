#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs blocking work on a thread of its own.
///
/// A workbench blocks while its commands run, which no thread of the shared pool may do; and a sandbox ends with the thread
/// that started it, so that thread must live as long as the work.
enum DedicatedThread {
    static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
            let box = Unmanaged.passRetained(Box { continuation.resume(returning: work()) })
            #if canImport(Darwin)
            var thread: pthread_t?
            #else
            var thread = pthread_t()
            #endif
            let error = pthread_create(&thread, nil, runBox, box.toOpaque())
            guard error == 0 else {
                box.release()
                continuation.resume(throwing: CouldNotRun("no thread can be started (error \(error))"))
                return
            }
            #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
            #else
            pthread_detach(thread)
            #endif
        }
    }
}

/// Carries a closure through `pthread_create`.
private final class Box: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

#if canImport(Darwin)
private func runBox(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}
#else
private func runBox(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
    return nil
}
#endif
