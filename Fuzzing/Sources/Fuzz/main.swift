import CFuzzer

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// Fuzz frames|config|subjects [libFuzzer's options and corpus folders]

var arguments = CommandLine.unsafeArgv
var count = CommandLine.argc
guard count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
    print("usage: Fuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [OPTION...] [FOLDER...]")
    exit(64)
}
// libFuzzer takes what follows for its own.
arguments[1] = arguments[0]
var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments + 1
count -= 1
let test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 =
    switch target {
    case .frames:
        { bytes, size in
            FrameFuzzing.run(UnsafeRawBufferPointer(start: bytes, count: size))
            return 0
        }
    case .config:
        { bytes, size in
            ConfigFuzzing.run(UnsafeRawBufferPointer(start: bytes, count: size))
            return 0
        }
    case .subjects:
        { bytes, size in
            SubjectFuzzing.run(UnsafeRawBufferPointer(start: bytes, count: size))
            return 0
        }
    }
exit(LLVMFuzzerRunDriver(&count, &rest, test))
