/// Codes 10078 to 10157 of nats-server's catalogue.
extension JetStreamError.Kind {
    static let consumerConfigRequired = Self(10078, 400, "consumer config required")
    static let consumerDeliverToWildcards = Self(10079, 400, "consumer deliver subject has wildcards")
    static let consumerPushMaxWaiting = Self(10080, 400, "consumer in push mode can not set max waiting")
    static let consumerDeliverCycle = Self(10081, 400, "consumer deliver subject forms a cycle")
    static let consumerMaxPendingAckPolicyRequired = Self(
        10082, 400, "consumer requires ack policy for max ack pending")
    static let consumerSmallHeartbeat = Self(10083, 400, "consumer idle heartbeat needs to be >= 100ms")
    static let consumerPullRequiresAck = Self(
        10084, 400, "consumer in pull mode requires explicit ack policy on workqueue stream")
    static let consumerPullNotDurable = Self(10085, 400, "consumer in pull mode requires a durable name")
    static let consumerPullWithRateLimit = Self(10086, 400, "consumer in pull mode can not have rate limit set")
    static let consumerMaxWaitingNegative = Self(10087, 400, "consumer max waiting needs to be positive")
    static let consumerHBRequiresPush = Self(10088, 400, "consumer idle heartbeat requires a push based consumer")
    static let consumerFCRequiresPush = Self(10089, 400, "consumer flow control requires a push based consumer")
    static let consumerDirectRequiresPush = Self(10090, 400, "consumer direct requires a push based consumer")
    static let consumerDirectRequiresEphemeral = Self(10091, 400, "consumer direct requires an ephemeral consumer")
    static let consumerOnMapped = Self(10092, 400, "consumer direct on a mapped consumer")
    static let consumerFilterNotSubset = Self(
        10093, 400, "consumer filter subject is not a valid subset of the interest subjects")
    static let consumerInvalidPolicy = Self(10094, 400, "{err}")
    static let consumerInvalidSampling = Self(10095, 400, "failed to parse consumer sampling configuration: {err}")
    static let streamInvalid = Self(10096, 500, "stream not valid")
    static let streamHeaderExceedsMaximum = Self(10097, 400, "header size exceeds maximum allowed of 64k")
    static let consumerWQRequiresExplicitAck = Self(10098, 400, "workqueue stream requires explicit ack")
    static let consumerWQMultipleUnfiltered = Self(
        10099, 400, "multiple non-filtered consumers not allowed on workqueue stream")
    static let consumerWQConsumerNotUnique = Self(10100, 400, "filtered consumer not unique on workqueue stream")
    static let consumerWQConsumerNotDeliverAll = Self(10101, 400, "consumer must be deliver all on workqueue stream")
    static let consumerNameTooLong = Self(10102, 400, "consumer name is too long, maximum allowed is {max}")
    static let consumerBadDurableName = Self(10103, 400, "durable name can not contain '.', '*', '>'")
    static let consumerStoreFailed = Self(10104, 500, "error creating store for consumer: {err}")
    static let consumerExistingActive = Self(10105, 400, "consumer already exists and is still active")
    static let consumerReplacementWithDifferentName = Self(
        10106, 400, "consumer replacement durable config not the same")
    static let consumerDescriptionTooLong = Self(
        10107, 400, "consumer description is too long, maximum allowed is {max}")
    static let consumerWithFlowControlNeedsHeartbeats = Self(
        10108, 400, "consumer with flow control also needs heartbeats")
    static let streamSealed = Self(10109, 400, "invalid operation on sealed stream")
    static let streamPurgeFailed = Self(10110, 500, "{err}")
    static let streamRollupFailed = Self(10111, 500, "{err}")
    static let consumerInvalidDeliverSubject = Self(10112, 400, "invalid push consumer deliver subject")
    static let streamMaxBytesRequired = Self(10113, 400, "account requires a stream config to have max bytes set")
    static let consumerMaxRequestBatchNegative = Self(10114, 400, "consumer max request batch needs to be > 0")
    static let consumerMaxRequestExpiresTooSmall = Self(10115, 400, "consumer max request expires needs to be >= 1ms")
    static let consumerMaxDeliverBackoff = Self(10116, 400, "max deliver is required to be > length of backoff values")
    static let streamInfoMaxSubjects = Self(10117, 500, "subject details would exceed maximum allowed")
    static let streamOffline = Self(10118, 500, "stream is offline")
    static let consumerOffline = Self(10119, 500, "consumer is offline")
    static let noLimits = Self(10120, 400, "no JetStream default or applicable tiered limit present")
    static let consumerMaxPendingAckExcess = Self(
        10121, 400, "consumer max ack pending exceeds system limit of {limit}")
    static let streamMaxStreamBytesExceeded = Self(
        10122, 400, "stream max bytes exceeds account limit max stream bytes")
    static let streamMoveAndScale = Self(10123, 400, "can not move and scale a stream in a single update")
    static let streamMoveInProgress = Self(10124, 400, "stream move already in progress")
    static let consumerMaxRequestBatchExceeded = Self(
        10125, 400, "consumer max request batch exceeds server limit of {limit}")
    static let consumerReplicasExceedsStream = Self(10126, 400, "consumer config replica count exceeds parent stream")
    static let consumerNameContainsPathSeparators = Self(10127, 400, "Consumer name can not contain path separators")
    static let streamNameContainsPathSeparators = Self(10128, 400, "Stream name can not contain path separators")
    static let streamReconfigureNotInProgress = Self(10129, 400, "stream reconfiguration not in progress")
    static let streamNameExistRestoreFailed = Self(10130, 400, "stream name already in use, cannot restore")
    static let consumerCreateFilterSubjectMismatch = Self(
        10131, 400, "Consumer create request did not match filtered subject from create subject")
    static let consumerCreateDurableAndNameMismatch = Self(
        10132, 400, "Consumer Durable and Name have to be equal if both are provided")
    static let replicasCountCannotBeNegative = Self(10133, 400, "replicas count cannot be negative")
    static let consumerReplicasShouldMatchStream = Self(
        10134, 400, "consumer config replicas must match interest retention stream's replicas")
    static let consumerMetadataLength = Self(10135, 400, "consumer metadata exceeds maximum size of {limit}")
    static let consumerDuplicateFilterSubjects = Self(
        10136, 400, "consumer cannot have both FilterSubject and FilterSubjects specified")
    static let consumerMultipleFiltersNotAllowed = Self(
        10137, 400, "consumer with multiple subject filters cannot use subject based API")
    static let consumerOverlappingSubjectFilters = Self(10138, 400, "consumer subject filters cannot overlap")
    static let consumerEmptyFilter = Self(10139, 400, "consumer filter in FilterSubjects cannot be empty")
    static let sourceDuplicateDetected = Self(10140, 400, "duplicate source configuration detected")
    static let sourceInvalidStreamName = Self(10141, 400, "sourced stream name is invalid")
    static let mirrorInvalidStreamName = Self(10142, 400, "mirrored stream name is invalid")
    static let mirrorWithFirstSeq = Self(10143, 400, "stream mirrors can not have first sequence configured")
    static let sourceMultipleFiltersNotAllowed = Self(
        10144, 400, "source with multiple subject transforms cannot also have a single subject filter")
    static let sourceInvalidSubjectFilter = Self(10145, 400, "source transform source: {err}")
    static let sourceInvalidTransformDestination = Self(10146, 400, "source transform: {err}")
    static let sourceOverlappingSubjectFilters = Self(10147, 400, "source filters can not overlap")
    static let consumerAlreadyExists = Self(10148, 400, "consumer already exists")
    static let consumerDoesNotExist = Self(10149, 400, "consumer does not exist")
    static let mirrorMultipleFiltersNotAllowed = Self(
        10150, 400, "mirror with multiple subject transforms cannot also have a single subject filter")
    static let mirrorInvalidSubjectFilter = Self(10151, 400, "mirror transform source: {err}")
    static let mirrorOverlappingSubjectFilters = Self(10152, 400, "mirror subject filters can not overlap")
    static let consumerInactiveThresholdExcess = Self(
        10153, 400, "consumer inactive threshold exceeds system limit of {limit}")
    static let mirrorInvalidTransformDestination = Self(10154, 400, "mirror transform: {err}")
    static let streamTransformInvalidSource = Self(10155, 400, "stream transform source: {err}")
    static let streamTransformInvalidDestination = Self(10156, 400, "stream transform: {err}")
    static let pedantic = Self(10157, 400, "pedantic mode: {err}")
}
