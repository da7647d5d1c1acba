import NATSWire

/// What a request to create a consumer says.
struct ConsumerRequest {
    /// What may be there before.
    enum Action: RequestChoice {
        case createOrUpdate
        case update
        case create

        init?(word: String) {
            switch word {
            case "": self = .createOrUpdate
            case "update": self = .update
            case "create": self = .create
            default: return nil
            }
        }

        static func problem(_ json: String) -> String { "unknown consumer action: \(json)" }
    }

    var stream = ""
    var configuration = ConsumerConfiguration()
    var action = Action.createOrUpdate
    var isPedantic = false

    init(_ bytes: [UInt8], isStrict: Bool) throws(RequestProblem) {
        var stream = ""
        var configuration = ConsumerConfiguration()
        var action = Action.createOrUpdate
        var isPedantic = false
        try RequestDecoder.decode(bytes, as: "CreateConsumerRequest", isStrict: isStrict) {
            decoder, name, value throws(RequestProblem) in
            switch name {
            case "stream_name": decoder.string(&stream, value)
            case "config":
                try decoder.object(value, type: "server.ConsumerConfig") {
                    decoder, name, value throws(RequestProblem) in
                    try configuration.set(name, value, &decoder)
                }
            case "action": try decoder.choice(&action, value)
            case "pedantic": decoder.bool(&isPedantic, value)
            default: return false
            }
            return true
        }
        self.stream = stream
        self.configuration = configuration
        self.action = action
        self.isPedantic = isPedantic
    }
}

extension ConsumerConfiguration {
    /// Reads what ``json`` wrote.
    package init(stored bytes: [UInt8]) throws(RequestProblem) {
        var read = ConsumerConfiguration()
        try RequestDecoder.decode(bytes, as: "ConsumerConfig", isStrict: false) {
            decoder, name, value throws(RequestProblem) in
            try read.set(name, value, &decoder)
        }
        self = read
    }

    mutating func set(_ name: String, _ value: JSONValue, _ decoder: inout RequestDecoder) throws(RequestProblem)
        -> Bool
    {
        switch name {
        case "durable_name": decoder.string(&durable, value)
        case "name": decoder.string(&self.name, value)
        case "description": decoder.string(&description, value)
        case "deliver_policy": try decoder.choice(&deliverPolicy, value)
        case "opt_start_seq": decoder.integer(&startSequence, value, type: "uint64")
        case "opt_start_time": try decoder.time(&startTime, value)
        case "ack_policy": try decoder.choice(&ackPolicy, value)
        case "ack_wait": decoder.duration(&ackWait, value)
        case "max_deliver": decoder.integer(&maxDeliver, value, type: "int")
        case "backoff":
            try decoder.array(&backOff, value, type: "[]time.Duration") { decoder, value throws(RequestProblem) in
                var duration: Int64 = 0
                decoder.duration(&duration, value)
                return duration
            }
        case "filter_subject": decoder.string(&filter, value)
        case "filter_subjects": try decoder.strings(&filters, value)
        case "replay_policy": try decoder.choice(&replayPolicy, value)
        case "rate_limit_bps": decoder.integer(&rateLimit, value, type: "uint64")
        case "sample_freq": decoder.string(&sampleFrequency, value)
        case "max_waiting": decoder.integer(&maxWaiting, value, type: "int")
        case "max_ack_pending": decoder.integer(&maxAckPending, value, type: "int")
        default: return try setDelivery(name, value, &decoder)
        }
        return true
    }

    private mutating func setDelivery(
        _ name: String,
        _ value: JSONValue,
        _ decoder: inout RequestDecoder
    ) throws(RequestProblem) -> Bool {
        switch name {
        case "flow_control": decoder.bool(&hasFlowControl, value)
        case "headers_only": decoder.bool(&isHeadersOnly, value)
        case "max_batch": decoder.integer(&maxRequestBatch, value, type: "int")
        case "max_expires": decoder.duration(&maxRequestExpires, value)
        case "max_bytes": decoder.integer(&maxRequestBytes, value, type: "int")
        case "deliver_subject": decoder.string(&deliverSubject, value)
        case "deliver_group": decoder.string(&deliverGroup, value)
        case "idle_heartbeat": decoder.duration(&heartbeat, value)
        case "inactive_threshold": decoder.duration(&inactiveThreshold, value)
        case "num_replicas": decoder.integer(&replicas, value, type: "int")
        case "mem_storage": decoder.bool(&isInMemory, value)
        case "direct": decoder.bool(&isDirect, value)
        case "sourcing": decoder.bool(&isSourcing, value)
        case "metadata": decoder.metadata(&metadata, value)
        case "pause_until": try decoder.time(&pauseUntil, value)
        case "priority_groups": try decoder.strings(&priorityGroups, value)
        case "priority_policy": try decoder.choice(&priorityPolicy, value)
        case "priority_timeout": decoder.duration(&pinnedTTL, value)
        default: return false
        }
        return true
    }
}
