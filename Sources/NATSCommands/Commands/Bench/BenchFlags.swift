/// The flags of benchmarks.
enum BenchFlags {
    static let subject = Argument.required("subject", "Subject to use for the benchmark")
    static let clients = Flag.integer("clients", "How many clients work at the same time", default: 1)
    static let messages = Flag.integer("msgs", "How many messages to publish or to wait for", default: 100_000)
    static let progress = Flag.toggle("progress", "Show how far it is", isNegatable: true, default: true)
    static let csv = Flag.text("csv", "Write the results to a CSV file", placeholder: "FILE")
    static let size = Flag.text("size", "How large messages are", default: "128B")
    static let sleep = Flag.duration("sleep", "Pause after each message", default: "0s")
    static let common = [clients.spec, messages.spec, progress.spec, csv.spec, size.spec]

    static let multiSubject = Flag.toggle("multisubject", "Publish each message to a subject of its own")
    static let multiSubjectMaximum = Flag.integer(
        "multisubjectmax", "How many such subjects there are; 0 for no limit", default: 100_000)
    static let multiSubjectRandom = Flag.toggle("multisubjectrandomize", "Take those subjects at random")
    static let payload = Flag.text("payload", "File with the body of the messages", kind: .existingFile)
    static let header = Flag.texts("header", short: "H", "Adds a header to the messages", placeholder: "K:V")
    static let publishing = [
        multiSubject.spec, multiSubjectMaximum.spec, multiSubjectRandom.spec, payload.spec, header.spec,
    ]

    static let throughput = Flag.integer(
        "throughput", "How many messages a second all clients send at most", default: 0)
    static let duration = Flag.duration(
        "duration", "Go on for so long in the place of --msgs, needs --throughput", default: "0s")
    static let pacing = [throughput.spec, duration.spec]

    static let stream = Flag.text("stream", "The stream to create or use", default: "benchstream")
    static let create = Flag.toggle("create", "Create the stream first")
    static let storage = Flag.text(
        "storage", "Where messages are kept (memory, file)", default: "file", kind: .choice(["memory", "file"]))
    static let replicas = Flag.integer("replicas", "On how many servers messages are kept", default: 1)
    static let maximumBytes = Flag.text("maxbytes", "How large the stream or bucket may get", default: "1GB")
    static let deduplicate = Flag.toggle("dedup", "Give each message an identifier that occurs only once")
    static let window = Flag.duration("dedupwindow", "For how long identifiers are remembered", default: "2m")
    static let purge = Flag.toggle("purge", "Empty the stream first")
    static let persistAsync = Flag.toggle("persistasync", "Let the stream write to its disk later")
    static let streamPublishing = [
        create.spec, storage.spec, replicas.spec, maximumBytes.spec, deduplicate.spec, window.spec, purge.spec,
        persistAsync.spec,
    ]

    static let batch = Flag.integer("batch", "How many messages are under way at a time", default: 500)
    static let consumer = Flag.text("consumer", "The durable consumer to use", default: "nats-bench")
    static let acks = Flag.text(
        "acks", "Acknowledgement policy", default: "explicit", kind: .choice(["explicit", "none", "all"]))
    static let doubleAck = Flag.toggle("doubleack", "Wait until acknowledgements have arrived", isNegatable: true)
    static let filter = Flag.texts("filter", "Only these subjects", placeholder: "SUBJECTS")
    static let singleFilter = Flag.text("filter", "Only this subject", default: ">")
    static let consuming = [consumer.spec, batch.spec, acks.spec, doubleAck.spec, filter.spec, purge.spec]

    static let bucket = Flag.text("bucket", "The bucket to use", default: "benchbucket")
    static let history = Flag.integer("history", "How many values of a key are kept", default: 1)
    static let randomize = Flag.integer(
        "randomize", "Take keys at random from 0 up to this number; 0 for one after the other", default: 0)
}
