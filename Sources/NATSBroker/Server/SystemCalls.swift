#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What went wrong in a system call, in the words and the case that nats-server's messages use.
func systemErrorText(_ code: Int32) -> String {
    let text = String(cString: strerror(code))
    return text.prefix(1).lowercased() + text.dropFirst()
}

/// `write(2)`, by a name that no method hides.
func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}

/// Writes all of `text`, or as much as can be written.
func systemWriteAll(_ descriptor: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0) }
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return }
        bytes = bytes.dropFirst(count)
    }
}

/// Sends all of `text` through a socket, without a signal where nobody is at its other end any more.
///
/// - Returns: false where not all could be sent.
func systemSendAll(_ descriptor: Int32, _ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        bytes = bytes.dropFirst(count)
    }
    return true
}

/// `connect(2)`, by a name that no method hides.
func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
    connect(descriptor, address, length) == 0
}

/// `socket(2)` for a stream, whose type each system writes in its own way.
func systemStreamSocket(_ family: Int32) -> Int32 {
    #if canImport(Glibc)
    socket(family, Int32(SOCK_STREAM.rawValue), 0)
    #else
    socket(family, SOCK_STREAM, 0)
    #endif
}

/// `socket(2)` for datagrams.
func systemDatagramSocket(_ family: Int32) -> Int32 {
    #if canImport(Glibc)
    socket(family, Int32(SOCK_DGRAM.rawValue), 0)
    #else
    socket(family, SOCK_DGRAM, 0)
    #endif
}

/// `bind(2)`, by a name that no method hides.
func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Bool {
    bind(descriptor, address, length) == 0
}

/// `listen(2)`, by a name that no method hides.
func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Bool {
    listen(descriptor, backlog) == 0
}

/// `accept(2)`, by a name that no method hides. The socket is closed in programs that this process starts.
func systemAccept(_ descriptor: Int32) -> Int32 {
    let accepted = accept(descriptor, nil, nil)
    if accepted >= 0 { _ = fcntl(accepted, F_SETFD, FD_CLOEXEC) }
    return accepted
}

/// `close(2)`, by a name that no method hides.
func systemClose(_ descriptor: Int32) {
    close(descriptor)
}

/// `pipe(2)`, or nil; programs that this process starts don't have it.
func systemPipe() -> (reading: Int32, writing: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}

/// Runs `body` on a thread that nobody waits for.
///
/// - Returns: the system's error, 0 for none.
func systemDetachThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let work = Unmanaged.passRetained(Work(body))
    #if canImport(Darwin)
    var thread: pthread_t?
    let code = pthread_create(
        &thread, nil,
        { argument in
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, work.toOpaque())
    if code == 0, let thread { pthread_detach(thread) }
    #else
    var thread = pthread_t()
    let code = pthread_create(
        &thread, nil,
        { argument in
            if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, work.toOpaque())
    if code == 0 { pthread_detach(thread) }
    #endif
    if code != 0 { work.release() }
    return code
}

/// `open(2)` for a log: appending, made where it is not there.
func systemOpenForAppending(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
}

/// The memory that the process has in use, in bytes; 0 where the system does not tell.
func residentMemory() -> Int {
    guard let text = try? TextFile.read("/proc/self/statm") else { return 0 }
    let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// The processor time that the process has used, in nanoseconds.
func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
