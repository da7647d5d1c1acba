import CFuzzer

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// FuzzPages [libFuzzer's options and corpus folders]

var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
var count = CommandLine.argc
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { bytes, size in
        PageFuzzing.run(Array(UnsafeRawBufferPointer(start: bytes, count: size)))
        return 0
    })
